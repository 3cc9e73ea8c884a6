// Badges by the camera: read by the browser where it can, else by a reader of this site's own that runs beside the page.

const EVERY_MS = 150;
const SAME_MS = 4000;
const MOST_PX = 1280;
const READER = new URL("./qr-reader.js", import.meta.url);

/** What a page that opens without the network has to keep for its camera. */
export const CAMERA_PARTS = [READER, new URL("../vendor/qr-0.7.0/decode.js", import.meta.url), new URL("../vendor/qr-0.7.0/index.js", import.meta.url)]
  .map((address) => address.pathname);

async function nativeReader() {
  const kinds = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (!kinds?.includes("qr_code")) return null;
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video).catch(() => [])).map((found) => found.rawValue);
}

/** A reader in a worker; one picture at a time, so that a slow device falls behind in nothing. */
function ownReader() {
  const worker = new Worker(READER, { type: "module" });
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => new Promise((done, fail) => {
    if (!video.videoWidth) return done([]);
    const scale = Math.min(1, MOST_PX / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = brush.getImageData(0, 0, canvas.width, canvas.height);
    worker.onmessage = (said) => done(said.data ? [said.data] : []);
    worker.onerror = () => fail(new Error("reader"));
    return worker.postMessage({ width, height, pixels: data.buffer }, [data.buffer]);
  });
}

/** Whether the device has a camera that the page could ask for; before leave is given it has no name. */
const hasCamera = async () => (await navigator.mediaDevices.enumerateDevices().catch(() => [])).some((one) => one.kind === "videoinput");

/**
 * Let the button in a box open and close the camera, and say why where there is none.
 * Each code is told once until it has left the picture for a while.
 */
export function listenToCamera(box, told) {
  const [button, line, video] = ["button", "p", "video"].map((name) => box.querySelector(name));
  const seen = new Map();
  let stream = null;
  let reader = null;

  const say = (name) => {
    line.textContent = line.dataset[name] ?? "";
    line.hidden = !line.textContent;
  };
  const close = (why = "") => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    video.hidden = true;
    button.setAttribute("aria-pressed", "false");
    say(why);
  };
  const look = async (of) => {
    if (!stream || of !== stream) return;
    const codes = await reader(video).catch(() => null);
    if (of !== stream) return;
    if (!codes) return close("failed");
    for (const code of codes) {
      const isNew = Date.now() - (seen.get(code) || 0) > SAME_MS;
      seen.set(code, Date.now());
      if (isNew) told(code);
    }
    setTimeout(look, EVERY_MS, of);
  };
  const open = async () => {
    button.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: MOST_PX } } });
      reader ??= (await nativeReader()) ?? ownReader();
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      button.setAttribute("aria-pressed", "true");
      say("open");
      for (const track of stream.getTracks()) track.addEventListener("ended", () => close("failed"));
      look(stream);
    } catch (error) {
      close(error.name === "NotAllowedError" ? "denied" : "failed");
    }
    button.disabled = false;
    button.focus();
  };
  const offer = async () => {
    const isThere = Boolean(navigator.mediaDevices) && (await hasCamera());
    button.hidden = !isThere;
    if (!stream) say(isThere ? "" : globalThis.isSecureContext ? "none" : "insecure");
  };

  button.addEventListener("click", () => (stream ? close() : open()));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && stream) close(); });
  window.addEventListener("pagehide", () => { if (stream) close(); });
  navigator.mediaDevices?.addEventListener("devicechange", offer);
  offer();
  return { close: () => { if (stream) close(); }, isOpen: () => stream !== null };
}
