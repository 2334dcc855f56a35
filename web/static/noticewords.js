/* What a notice says, in the reader's words, and where it leads. */
import { when } from "./times.js";
import { called, nameOf, page, _ } from "./words.js";

const CALLED = ["summons_called", "summons_rescheduled", "summons_cancelled", "summons_concluded", "summons_task"];

/* Kind -> its sentence from the notice's facts. Each is a whole sentence: languages put their words in different orders. */
const SENTENCES = {
  handler: (f) => (f.role === "main" ? _("Your unit is now the main handler.") : _("Your unit now assists.")),
  released: () => _("Your unit need not handle this any more."),
  lead: () => _("Your township now leads this."),
  lead_lost: (f) => _("{unit} leads this now; your township need not any more.", { unit: called(f.into) }),
  boundary_gained: (f) => _("The boundaries changed: this is yours now; before it was with {unit}.", { unit: called(f.from) }),
  boundary_lost: (f) => _("The boundaries changed: {unit} has this now; you need not any more.", { unit: called(f.into) }),
  boundary_kept: (f) => (f.grid ? _("The boundaries changed: this lies in {cell} now. It is in work, so you keep it.", { cell: called(f.grid) }) : _("The boundaries changed: this lies outside the district now. It is in work, so you keep it.")),
  boundary_beside: (f) => (f.grid ? _("The boundaries changed: this lies in {cell} now. {unit} is at work on it and keeps it.", { cell: called(f.grid), unit: called(f.lead) }) : _("The boundaries changed: this lies outside the district now. {unit} is at work on it and keeps it.", { unit: called(f.lead) })),
  boundary_moved: (f) => _("The boundaries changed: this lies in {cell} now; you go on with it.", { cell: called(f.grid) }),
  edition_live: (f) => _("New boundaries are live (Edition {n}): {moved} open items moved, {kept} in work stayed with their lead.", { n: f.edition, moved: f.moved, kept: f.kept }),
  edition_refused: (f) => _("Edition {n} did not go live as planned: Edition {live} is live, not {expect}. Compare, then plan it again.", { n: f.edition, live: f.live, expect: f.expect }),
  task: (f) => _("A task for you: {task}.", { task: nameOf("tasks", f.task) }),
  task_void: (f) => _("Your task is taken back: {task}.", { task: nameOf("tasks", f.task) }),
  asked: (f) => _("{unit} asks: {request}. You decide.", { unit: called(f.unit), request: nameOf("requests", f.request) }),
  decided: (f) => _("Your request ({request}): {decision}.", { request: nameOf("requests", f.request), decision: nameOf("decisions", f.decision) }),
  rework: (f) => _("Verification failed: sent back to work ({n}).", { n: f.times }),
  settled: () => _("The work is done; see to the answer."),
  verified: () => _("Verified: the citizen waits for the answer."),
  reopened: (f) => (f.level ? _("The citizen is dissatisfied: work begins again.") : _("Reopened: work begins again.")),
  ended: (f) => (f.into ? _("Merged into {number}; nothing more is to be done here.", { number: f.into }) : _("Over: {status}. Nothing more is to be done.", { status: nameOf("statuses", f.status) })),
  resumed: () => _("The clocks run again: go on with the work."),
  suspended: (f) => _("Suspended until {when}.", { when: when(f.until) }),
  urged: () => _("The citizen urges: see to it."),
  help_asked: (f) => _("The grid worker of {cell} asks for help on the spot: read the note, and summon who is needed.", { cell: called(f.grid) }),
  supplemented: () => _("The citizen has added something: read it."),
  contested: (f) => (f.by === "appeal" ? _("The citizen appeals against how it ended: you decide how it goes on.") : _("The citizen is dissatisfied again: you decide how it goes on.")),
  merged_in: (f) => _("{number} was merged into this one.", { number: f.other }),
  merged_out: (f) => _("{number} was taken out again and stands alone.", { number: f.other }),
  survey: (f) => (f.grid ? _("A survey asks you to look at {cell} until {when}.", { cell: called(f.grid), when: when(f.due_at) }) : _("A survey asks your township to look at cells with nobody on duty until {when}.", { when: when(f.due_at) })),
  warning: (f) => _("Nearly late: {stage}, due {when}.", { stage: nameOf("stages", f.stage), when: when(f.due_at) }),
  reminder: (f) => _("Late: {stage} was due {when} ({unit}).", { stage: nameOf("stages", f.stage), when: when(f.due_at), unit: called(f.unit) }),
  order: (f) => _("Supervision order for {unit}: answer by {when}.", { unit: called(f.unit), when: when(f.until) }),
  order_answered: (f) => _("{unit} has answered the supervision order.", { unit: called(f.unit) }),
  order_overdue: (f) => _("{unit} has not answered the supervision order; that was due {when}.", { unit: called(f.unit), when: when(f.until) }),
  order_closed: () => _("The supervision order is closed."),
  review: () => _("The day of review of this suspension has come."),
  summons_called: (f) => _("Your unit is called to the spot for {when}.", { when: when(f.meet_at) }),
  summons_rescheduled: (f) => _("The meeting was moved: now {when}. Acknowledge anew.", { when: when(f.meet_at) }),
  summons_cancelled: () => _("The summons was called off; you need not come."),
  summons_concluded: () => _("The summons is concluded; read the joint plan."),
  summons_task: (f) => _("The joint plan gives your unit {n} tasks, the first due {when}.", { n: f.tasks, when: when(f.due_at) }),
  summons_acknowledged: (f) => _("{unit} will come.", { unit: called(f.unit) }),
  checked_in: (f) => (f.state === "late" ? _("{unit} has come, late.", { unit: called(f.unit) }) : _("{unit} has come.", { unit: called(f.unit) })),
  summons_excused: excused,
  summons_task_done: (f) => _("{unit}: a task of the joint plan is done.", { unit: called(f.unit) }),
  summons_unanswered: (f) => _("{unit} has not acknowledged its call; that was due {when}.", { unit: called(f.unit), when: when(f.due_at) }),
  summons_task_late: (f) => _("{unit}: a task of the joint plan was due {when}.", { unit: called(f.unit), when: when(f.due_at) }),
  rate_summons: (f) => _("Rate how the other side came and helped, until {when}.", { when: when(f.until) }),
  rating_visible: (f) => _("{unit} has rated your unit: you can read it now.", { unit: called(f.by) }),
  objection_filed: (f) => _("{unit} objects to a rating: you rule on it.", { unit: called(f.about) }),
  objection_ruled: (f) => (f.granted ? _("The objection was granted: the rating does not count.") : _("The objection was refused: the rating counts.")),
};

function excused(f) {
  if (f.substitute) return _("{other} comes in place of {unit}.", { other: called(f.substitute), unit: called(f.unit) });
  return f.unit === page.account.unit ? _("Your unit is excused; you need not come.") : _("{unit} does not come.", { unit: called(f.unit) });
}

/* A kind that this page does not know yet is still told. */
export function sentence(notice) {
  const said = SENTENCES[notice.kind];
  return said ? said(notice.facts || {}) : _("Something has changed ({kind}): look at it.", { kind: notice.kind });
}

/* The page that shows what the notice is about; "" where there is none. */
export function pageOf(notice) {
  const role = page.account.role;
  const summons = notice.facts && notice.facts.summons;
  if (role === "worker") return "/work";
  if (notice.kind.startsWith("edition_")) return "/plan";
  if (notice.kind === "objection_filed") return "/supervise";
  if (summons && role === "department") return `/department?summons=${encodeURIComponent(summons)}`;
  if (summons && role === "officer") return CALLED.includes(notice.kind) ? `/department?summons=${encodeURIComponent(summons)}` : "/township";
  if (notice.number) return `/?item=${encodeURIComponent(notice.number)}`;
  return role === "officer" ? "/township" : "";
}
