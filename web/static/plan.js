/* The planner's page: drafts and Editions left; map, faults, comparison, rehearsal and publishing of the chosen draft. */
import { get } from "./api.js";
import { byId, say, soon } from "./dom.js";
import { follow } from "./live.js";
import { languageLink } from "./panes.js";
import { _ } from "./words.js";
import { diffs, drawDiff } from "./plandiff.js";
import { drawDrafts, drawHead } from "./plandrafts.js";
import { drawCheck, mark } from "./planfaults.js";
import { begin, followJob } from "./planjobs.js";
import * as chart from "./planmap.js";
import { drawPublish } from "./planpublish.js";
import { drawRehearsal, rehearsals } from "./planrehearsal.js";
import { drawTimeline } from "./plantimeline.js";
import { uploads } from "./planupload.js";
import { look, onLook, view } from "./planview.js";

const state = { drafts: [], editions: [], draft: null, jobs: {} };
let drawnLive = window.firstlineMap.edition;
let opened = null;

const live = () => (state.editions.find((one) => one.live) || {}).id;

async function editions() {
  try {
    state.editions = (await get("/editions")).editions;
  } catch { return; } // the sign says when the connection is lost; what is shown stays
  drawTimeline(state.editions, changed);
  if (live() && live() !== drawnLive) {
    try {
      chart.drawLive(await get(`/plan/editions/${live()}/areas`));
      drawnLive = live();
    } catch { return; }
  }
  bench();
}

async function drafts() {
  try {
    state.drafts = (await get("/plan/drafts")).drafts;
  } catch { return; }
  drawDrafts(state.drafts);
}

const changed = () => { editions(); drafts(); };

/* Everything about the chosen draft, or about the Edition on the map. */
function bench() {
  const { draft, jobs } = state;
  byId("bench").classList.toggle("with-draft", Boolean(draft));
  byId("compare").hidden = !draft;
  drawHead(draft, gone);
  chart.legend(view.edition && !draft ? view.edition : live() || drawnLive, Boolean(draft || view.edition));
  drawDiff(draft ? jobs.diff : null, live());
  drawRehearsal(draft ? jobs.rehearse : null, live());
  drawPublish(draft, draft ? unready() : null, changed);
}

function unready() {
  const check = state.jobs.check;
  if (!check || !check.result) return _("It can be published when it is checked.");
  return check.result.errors ? _("It can be published when its errors are mended: do that in QGIS and upload it again.") : null;
}

function checkShown() {
  const check = state.jobs.check;
  const words = !state.draft ? _("Faults of a draft appear here.") : !check || ["waiting", "running"].includes(check.state) ? _("Checking…") : check.fault || _("Stopped. Nothing was changed.");
  drawCheck(state.draft && check && check.result, words);
  byId("check-again").hidden = !state.draft || (check && ["waiting", "running", "done"].includes(check.state));
}

byId("check-again").addEventListener("click", async () => {
  try {
    watch(await begin(view.draft, "check"));
  } catch (failure) {
    say(failure.message);
  }
});

const draws = { check: () => { checkShown(); drafts(); }, diff: () => drawDiff(state.jobs.diff, live()), rehearse: () => drawRehearsal(state.jobs.rehearse, live()) };

/* The chosen draft is read with its work; work that goes on is followed until another draft is chosen. */
async function open() {
  const id = view.draft;
  opened = id;
  [state.draft, state.jobs] = [null, {}];
  if (!id) return show();
  try {
    const [draft, areas] = await Promise.all([get(`/plan/drafts/${id}`), get(`/plan/drafts/${id}/areas`)]);
    if (opened !== id) return null;
    [state.draft, state.jobs] = [draft, { ...draft.jobs }];
    await show(areas);
    for (const job of Object.values(draft.jobs)) watch(job);
  } catch (failure) {
    if (opened !== id) return null;
    await show();
    byId("faults-about").textContent = failure.message;
  }
  return null;
}

async function show(areas = null) {
  let drawn = areas;
  if (!areas && view.edition) drawn = await get(`/plan/editions/${view.edition}/areas`).catch(() => null);
  chart.drawDraft(drawn);
  bench();
  chart.fit();
  checkShown();
}

function watch(job) {
  const id = view.draft;
  state.jobs[job.kind] = job;
  draws[job.kind]();
  followJob(job.id, () => opened === id && (!state.jobs[job.kind] || state.jobs[job.kind].id === job.id), (told) => {
    const full = { ...job, ...told };
    const over = !["waiting", "running"].includes(full.state);
    state.jobs[job.kind] = full;
    if (over || job.kind !== "check") draws[job.kind]();
    if (over) drawPublish(state.draft, unready(), changed);
  });
}

function gone() {
  look({ draft: "", fault: "" });
  drafts();
}

diffs(() => view.draft, watch);
rehearsals(() => view.draft, watch);
uploads((draft) => { drafts(); look({ draft: String(draft.id), fault: "", edition: "" }, true); });
languageLink();
onLook((now, before) => {
  if (now.draft !== before.draft || now.edition !== before.edition) {
    drawDrafts(state.drafts);
    drawTimeline(state.editions, changed);
    open();
  } else if (now.fault !== before.fault) mark();
});
const again = soon(changed, 300, 1500);
follow({ edition: again, notice: again, reset: changed, joined: changed, item: () => {}, summons: () => {} });
setInterval(() => drawTimeline(state.editions, changed), 60000);
new ResizeObserver(soon(() => window.firstlineMap.map.invalidateSize({ animate: false }), 100)).observe(byId("pane-map"));
open();
editions();
drafts();
