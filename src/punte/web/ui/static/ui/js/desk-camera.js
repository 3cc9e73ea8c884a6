// Badges by the camera, where the browser reads codes itself.

const EVERY_MS = 200;
const SAME_MS = 4000;

/** Let a button open and close the camera; each code is told once until it has left the picture for a while. */
export async function listenToCamera(button, video, told, failed) {
  const kinds = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (!kinds?.includes("qr_code") || !navigator.mediaDevices) return;
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  const seen = new Map();
  let stream = null;
  button.hidden = false;

  const look = async () => {
    if (!stream) return;
    for (const { rawValue } of await detector.detect(video).catch(() => [])) {
      const isNew = Date.now() - (seen.get(rawValue) || 0) > SAME_MS;
      seen.set(rawValue, Date.now());
      if (isNew) told(rawValue);
    }
    setTimeout(look, EVERY_MS);
  };
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    stream = video.srcObject = null;
    video.hidden = true;
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", async () => {
    if (stream) return close();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return failed();
    }
    video.srcObject = stream;
    video.hidden = false;
    button.setAttribute("aria-pressed", "true");
    await video.play();
    return look();
  });
}
