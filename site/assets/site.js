/* global document, window, MiniSearch, PASSAGES */
// Search over every page, in the page itself: nothing is asked of any server. The index is loaded when the box gets the focus.
const root = document.currentScript.dataset.root;
const box = document.querySelector("input[type=search]");
const list = document.querySelector(".found");
const LARGEST_LIST = 12;
const AROUND = 70;
let index;

const load = (name) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: `${root}assets/${name}`, onload: resolve, onerror: reject });
    document.head.append(script);
  });

/** Once; a page that was opened without them searches nothing. */
const loaded = () =>
  (index ??= Promise.all([load("minisearch.js"), load("passages.js")]).then(() => {
    const made = new MiniSearch({
      fields: ["title", "page", "text"],
      storeFields: ["title", "page", "text"],
      searchOptions: {
        boost: { title: 4, page: 2 },
        prefix: true,
        fuzzy: (word) => (word.length > 5 ? 0.15 : false),
        combineWith: "AND",
      },
    });
    made.addAll(PASSAGES);
    return made;
  }));

async function search() {
  const words = box.value.trim();
  const found = words === "" ? [] : (await loaded()).search(words).slice(0, LARGEST_LIST);
  if (words !== box.value.trim()) return; // more was typed meanwhile
  list.replaceChildren(...found.map(item));
  if (words !== "" && found.length === 0)
    list.append(Object.assign(document.createElement("li"), { textContent: "Nothing found." }));
  list.hidden = words === "";
}

function item({ id, title, page, text, terms }) {
  const link = Object.assign(document.createElement("a"), { href: root + id });
  const name = Object.assign(document.createElement("strong"), {
    textContent: title === page ? title : `${page} › ${title}`,
  });
  const at = Math.max(
    0,
    ...terms
      .map((term) => text.toLowerCase().indexOf(term))
      .filter((place) => place >= 0)
      .slice(0, 1),
  );
  const begin = Math.max(0, at - AROUND);
  const excerpt = Object.assign(document.createElement("span"), {
    textContent: (begin > 0 ? "… " : "") + text.slice(begin, at + AROUND),
  });
  link.append(name, excerpt);
  const entry = document.createElement("li");
  entry.append(link);
  return entry;
}

/** Arrows go through the list, Escape leaves it, "/" comes to the box from anywhere. */
function keys(event) {
  const links = [box, ...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "/" && document.activeElement === document.body) box.focus();
  else if (event.key === "Escape" && at >= 0) Object.assign(list, { hidden: true }) && box.focus();
  else if (event.key === "ArrowDown" && at >= 0) links[at + 1]?.focus();
  else if (event.key === "ArrowUp" && at > 0) links[at - 1].focus();
  else if (event.key === "Enter" && at === 0) links[1]?.click();
  else return;
  event.preventDefault();
}

box.addEventListener("focus", () => void loaded());
box.addEventListener("input", () => void search());
document.addEventListener("keydown", keys);
document.addEventListener("click", ({ target }) => {
  if (!target.closest("search")) list.hidden = true;
});
// On a phone the manual's list is folded away.
if (window.matchMedia("(max-width: 800px)").matches) document.querySelector(".sections details").open = false;
