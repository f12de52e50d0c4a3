// The page's script: zoom of the flame chart, text beside the pointer (and for the frame that has the keyboard's focus).

export const pageScript = `
const chart = document.querySelector(".flame");
const number = (frame, name) => Number(frame.style.getPropertyValue(name));
chart.addEventListener("click", ({ target }) => {
  const frame = target.closest("button");
  if (!frame) return;
  const [from, span, depth] = ["--f", "--s", "--d"].map((name) => number(frame, name));
  chart.style.setProperty("--from", from);
  chart.style.setProperty("--span", span);
  for (const other of chart.children) {
    const [f, s] = [number(other, "--f"), number(other, "--s")];
    const inside = f < from + span - 1e-9 && f + s > from + 1e-9;
    other.hidden = !inside;
    other.classList.toggle("above", inside && number(other, "--d") < depth);
  }
});
const tip = document.getElementById("tip");
const show = (owner, x, y) => {
  tip.hidden = !owner;
  if (!owner) return;
  tip.textContent = owner.dataset.tip;
  const { offsetWidth: w, offsetHeight: h } = tip;
  tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - w - 8)) + "px";
  tip.style.top = (y + h + 24 > innerHeight ? y - h - 10 : y + 16) + "px";
};
addEventListener("pointermove", ({ target, clientX, clientY }) => show(target.closest?.("[data-tip]"), clientX, clientY));
addEventListener("focusin", ({ target }) => {
  const { left, bottom } = target.getBoundingClientRect();
  show(target.closest("[data-tip]"), left, bottom);
});
addEventListener("scroll", () => show(), { passive: true });
`;
