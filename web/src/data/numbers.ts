/** Numbers as base64, the lower byte first. */

export function floats(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(bytes(text).buffer);
}

export function integers(text: string): Int32Array<ArrayBuffer> {
  return new Int32Array(bytes(text).buffer);
}

export function shorts(text: string): Uint16Array<ArrayBuffer> {
  return new Uint16Array(bytes(text).buffer);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}
