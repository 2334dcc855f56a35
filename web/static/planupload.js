/* Uploading a draft: by the button, or dropped on the field. What was chosen stays chosen where it is refused. */
import { upload } from "./api.js";
import { byId } from "./dom.js";
import { _ } from "./words.js";

const MOST_BYTES = 16 * 1024 * 1024;
const form = byId("upload");
const drop = form.querySelector(".drop");
const [input, bar, line, fault] = ["input[type=file]", "progress", "p[role=status]", ".fault"].map((one) => form.querySelector(one));

export function uploads(done) {
  input.addEventListener("change", () => send(Array.from(input.files), done));
  form.addEventListener("submit", (event) => { event.preventDefault(); send(Array.from(input.files), done); });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") send(Array.from(event.dataTransfer.files), done);
    });
  }
}

async function send(files, done) {
  if (!files.length) return;
  say("", "");
  if (files.reduce((sum, one) => sum + one.size, 0) > MOST_BYTES) return say("", _("These files have more than 16 MB together. Pack them as a zip."));
  const data = new FormData();
  for (const one of files) data.append("file", one);
  for (const name of ["datum", "code_field", "name_field", "township_field"]) data.append(name, form.elements[name].value);
  bar.hidden = false;
  input.disabled = true;
  try {
    const draft = await upload("/plan/drafts", data, {}, (share) => {
      bar.value = share;
      say(share < 1 ? _("Uploading…") : _("Reading the files…"), "");
    });
    say("", "");
    input.value = "";
    done(draft);
  } catch (failure) {
    say("", failure.message);
  } finally {
    bar.hidden = true;
    input.disabled = false;
  }
  return null;
}

function say(words, wrong) {
  [line.textContent, line.hidden] = [words, !words];
  [fault.textContent, fault.hidden] = [wrong, !wrong];
}
