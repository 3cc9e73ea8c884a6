// Reads badges in a picture of the camera, beside the page: where the browser reads no codes itself.
import { decodeQR } from "../vendor/qr-0.7.0/decode.js";

/** The code in the picture; empty where there is none that can be read whole. */
function read(picture) {
  try {
    return decodeQR(picture);
  } catch {
    return "";
  }
}

self.addEventListener("message", ({ data: { width, height, pixels } }) => {
  self.postMessage(read({ width, height, data: new Uint8ClampedArray(pixels) }));
});
