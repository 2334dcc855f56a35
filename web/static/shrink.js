/* Photographs made small before they are kept: drawn anew, upright, with what the camera wrote (time and place) put back. */
import { page } from "./words.js";

const QUALITY = 0.82;
const [SOI, EXIF, SCAN] = [0xffd8, 0xffe1, 0xffda];
const ORIENTATION = 0x0112;

/* A JPEG whose longer side is at most the rules' `photo_px`. A picture that cannot be read here comes back as it is:
   the service says what is wrong with it. */
export async function shrink(file, longest = page.photo_px) {
  try {
    const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, longest / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.max(1, Math.round(whole.width * scale)), Math.max(1, Math.round(whole.height * scale))];
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    const small = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    const told = small && cameraTold(new DataView(await file.arrayBuffer()));
    if (!small) return file;
    return told ? new Blob([small.slice(0, 2), told, small.slice(2)], { type: "image/jpeg" }) : small;
  } catch {
    return file;
  }
}

/* The Exif segment of a JPEG as the camera wrote it, but for the orientation: the pixels are upright now. Null for none. */
export function cameraTold(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return null;
  for (let at = 2; at + 4 <= view.byteLength;) {
    const [kind, length] = [view.getUint16(at), view.getUint16(at + 2)];
    if (kind === SCAN || (kind & 0xff00) !== 0xff00 || at + 2 + length > view.byteLength) return null;
    if (kind === EXIF && view.getUint32(at + 4) === 0x45786966) {
      const segment = new Uint8Array(view.buffer.slice(view.byteOffset + at, view.byteOffset + at + 2 + length));
      upright(new DataView(segment.buffer));
      return segment;
    }
    at += 2 + length;
  }
  return null;
}

function upright(segment) {
  const start = 10; // marker, length, "Exif", two zeros
  if (segment.byteLength < start + 8) return;
  const little = segment.getUint16(start) === 0x4949;
  const first = start + segment.getUint32(start + 4, little);
  if (first + 2 > segment.byteLength) return;
  for (let n = 0, at = first + 2; n < segment.getUint16(first, little) && at + 12 <= segment.byteLength; n += 1, at += 12) {
    if (segment.getUint16(at, little) === ORIENTATION) segment.setUint16(at + 8, 1, little);
  }
}
