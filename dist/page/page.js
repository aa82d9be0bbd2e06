// What the gallery does in the browser: filter, search, copy, tell how far an expiry is, start videos when they show.

/** @typedef {{ element: HTMLElement, path: string, kinds: readonly (string | undefined)[] }} Card */

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** @template {Element} T @param {string} selector @param {new () => T} type */
function findOne(selector, type) {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${selector}`);
  return element;
}

/** Text in the form in which paths and searches are compared. @param {string} text */
function fold(text) {
  return text.normalize('NFC').toLowerCase();
}

/** @param {number} count */
function countAssets(count) {
  return `${count} ${count === 1 ? 'asset' : 'assets'}`;
}

function filterCards() {
  const kind = findOne('input[name="status"]:checked', HTMLInputElement).value;
  const words = fold(search.value).split(/\s+/);
  let shown = 0;
  for (const { element, path, kinds } of cards) {
    const isShown = (kind === '' || kinds.includes(kind)) && words.every((word) => path.includes(word));
    element.hidden = !isShown;
    if (isShown) shown += 1;
  }
  count.textContent =
    shown === cards.length ? countAssets(shown) : `${shown} of ${countAssets(cards.length)}`;
  nothing.hidden = shown > 0 || cards.length === 0;
}

/** Copies through the clipboard where the browser allows it, else by way of a selection. @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'hidden-text';
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    return isCopied;
  }
}

/** @param {HTMLButtonElement} button */
async function copyBeside(button) {
  const what = button.dataset.what ?? '';
  const isCopied = await copyText(button.closest('.handle')?.querySelector('code')?.textContent ?? '');
  button.focus();
  button.textContent = isCopied ? 'Copied' : 'Not copied';
  button.classList.toggle('is-done', isCopied);
  said.textContent = isCopied
    ? `The ${what} is copied`
    : `The ${what} could not be copied; select it by hand`;
  setTimeout(() => {
    button.textContent = `Copy ${what}`;
    button.classList.remove('is-done');
    said.textContent = '';
  }, 2500);
}

/** The card that the address names is to be seen, whatever is filtered. */
function showAddressed() {
  const card = document.getElementById(location.hash.slice(1));
  if (card === null || !card.hidden) return;
  search.value = '';
  findOne('input[name="status"]', HTMLInputElement).checked = true;
  filterCards();
  card.scrollIntoView();
}

/** `in 3 days`, `2 hours ago`: whole units that have fully passed or are fully left. @param {number} distance */
function describeDistance(distance) {
  const size = Math.abs(distance);
  const format = new Intl.RelativeTimeFormat('en');
  const count = (/** @type {number} */ unit) => Math.sign(distance) * Math.floor(size / unit);
  if (size >= 2 * DAY) return format.format(count(DAY), 'day');
  if (size >= HOUR) return format.format(count(HOUR), 'hour');
  return format.format(count(MINUTE), 'minute');
}

function describeExpiries() {
  for (const time of document.querySelectorAll('.expiry time')) {
    const paragraph = time.parentElement;
    const distance = Date.parse(time.getAttribute('datetime') ?? '') - Date.now();
    if (paragraph === null || Number.isNaN(distance)) continue;
    time.setAttribute('title', time.textContent);
    time.textContent = describeDistance(distance);
    paragraph.firstChild?.replaceWith(distance < 0 ? 'Expired ' : 'Expires ');
    paragraph.classList.add(distance < 0 ? 'is-past' : distance < DAY ? 'is-near' : 'is-far');
  }
}

/** A browser keeps only so many videos ready: each gets its first frame when it comes into view. */
function watchVideos() {
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || !(target instanceof HTMLVideoElement)) continue;
      target.preload = 'metadata';
      watcher.unobserve(target);
    }
  });
  for (const video of document.querySelectorAll('video')) watcher.observe(video);
}

/** What the browser cannot show becomes a tile that says so. @param {Event} event */
function replaceBroken(event) {
  const { target } = event;
  if (!(target instanceof HTMLImageElement || target instanceof HTMLVideoElement)) return;
  const tile = document.createElement('p');
  tile.className = 'tile';
  tile.textContent = 'This browser cannot show it';
  // What it cannot show it cannot mend either.
  if (target.closest('.media')) target.closest('.card')?.querySelector('.fix')?.remove();
  target.replaceWith(tile);
}

const search = findOne('#search', HTMLInputElement);
const count = findOne('#shown', HTMLElement);
const said = findOne('#said', HTMLElement);
const nothing = findOne('#nothing', HTMLElement);
/** @type {Card[]} */
const cards = [...document.querySelectorAll('.card')]
  .filter((element) => element instanceof HTMLElement)
  .map((element) => ({
    element,
    path: fold(element.querySelector('h2')?.textContent ?? ''),
    kinds: [element.dataset.status, 'warned' in element.dataset ? 'warned' : undefined],
  }));

document.documentElement.classList.add('scripted');
document.addEventListener('error', replaceBroken, true);
for (const image of document.images) {
  // Its error may have come before anyone listened.
  if (image.complete && image.naturalWidth === 0) image.dispatchEvent(new Event('error'));
}
search.addEventListener('input', filterCards);
for (const chip of document.querySelectorAll('input[name="status"]')) {
  chip.addEventListener('change', filterCards);
}
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button.copy') : null;
  if (button instanceof HTMLButtonElement) void copyBeside(button);
});
addEventListener('hashchange', showAddressed);
describeExpiries();
watchVideos();
filterCards();
