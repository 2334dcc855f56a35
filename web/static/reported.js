/* Number and code: copied or printed. Both stand in the page's text alone. */
const byId = (id) => document.getElementById(id);
const told = byId("told");

document.querySelector(".scripted").hidden = false;
document.querySelector("[data-do=print]").addEventListener("click", () => window.print());
document.querySelector("[data-do=copy]").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(`${byId("number").textContent} ${byId("code").textContent}`);
    told.textContent = told.dataset.copied;
  } catch {
    told.textContent = told.dataset.not;
  }
});
