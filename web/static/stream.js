/* Server-Sent Events read by fetch. Unlike EventSource it tells the status of a refusal, and when to come back. */
export class Refused extends Error {
  constructor(status, seconds) {
    super(`refused: ${status}`);
    this.status = status;
    this.seconds = seconds;
  }
}

/* Gives `told` each block of the stream as {id, kind, data}, until the service ends it. Throws Refused, AbortError, or
   the browser's TypeError where the connection breaks. `position` is the last id that was seen, "" for none. */
export async function readStream(address, position, signal, told) {
  const headers = { Accept: "text/event-stream", ...(position ? { "Last-Event-ID": position } : {}) };
  const answer = await fetch(address, { headers, signal, credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, Number(answer.headers.get("Retry-After")) || 0);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) told(parsed(block));
  }
}

function parsed(block) {
  const found = { id: "", kind: "", data: "" };
  const fields = { id: "id", event: "kind", data: "data" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = fields[line.slice(0, colon)];
    if (field) found[field] += line.slice(colon + 1).trim();
  }
  return found;
}
