// Mends a picture in the browser alone: a frame in the header's shape to drag, and a JPEG of what is in it.

const HEADER = { width: 1200, height: 628 };
/** So fine that nobody sees the loss; no picture of the header's size gets near WhatsApp's limit with it. */
const QUALITY = 0.92;
const STEPS = new Map([
  ['ArrowLeft', -0.01],
  ['ArrowUp', -0.01],
  ['ArrowRight', 0.01],
  ['ArrowDown', 0.01],
  ['PageUp', -0.1],
  ['PageDown', 0.1],
  ['Home', -1],
  ['End', 1],
]);

/** The largest part of a picture in the header's shape, and where on its way along the picture it is, from 0 to 1. */
class Frame {
  position = 0.5;

  /** @param {HTMLImageElement} picture */
  constructor({ naturalWidth, naturalHeight }) {
    this.whole = { width: naturalWidth, height: naturalHeight };
    const ratio = HEADER.width / HEADER.height;
    this.width = Math.min(naturalWidth, naturalHeight * ratio);
    this.height = this.width / ratio;
    /** How far it can move, in the picture's pixels; along one side at most. */
    this.way = { x: naturalWidth - this.width, y: naturalHeight - this.height };
    this.isFixed = Math.max(this.way.x, this.way.y) < 1;
    this.isUpright = this.way.y > this.way.x;
  }

  /** @param {number} position */
  moveTo(position) {
    this.position = Math.min(1, Math.max(0, position));
  }

  get left() {
    return this.position * this.way.x;
  }

  get top() {
    return this.position * this.way.y;
  }
}

/** @template {Element} T @param {Element | DocumentFragment} parent @param {string} selector @param {new () => T} type */
function findIn(parent, selector, type) {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${selector}`);
  return element;
}

/** Builds the editor of a card when it is opened for the first time. @param {HTMLElement} details */
async function openEditor(details) {
  const original = findIn(details.closest('.card') ?? details, '.media img', HTMLImageElement);
  const picture = new Image();
  picture.src = original.src;
  picture.alt = original.alt;
  await picture.decode();
  const editor = findOne('#\\/picture-editor', HTMLTemplateElement).content.cloneNode(true);
  if (!(editor instanceof DocumentFragment)) return;
  const frame = new Frame(picture);
  const handle = findIn(editor, '.frame', HTMLElement);
  const download = findIn(editor, '.download', HTMLButtonElement);
  const done = findIn(editor, '.fix-done', HTMLElement);
  findIn(editor, '.stage', HTMLElement).prepend(picture);
  findIn(editor, '.fix-size', HTMLElement).textContent = describeSize(frame);
  if (frame.isFixed) findIn(editor, 'p', HTMLElement).remove();
  download.addEventListener('click', async () => {
    done.textContent = await saveHeader(picture, frame, details.dataset.path ?? '');
  });
  makeMovable(handle, frame, picture);
  details.append(editor);
}

/** @param {Frame} frame */
function describeSize({ width, height }) {
  const kept = `The frame holds ${Math.round(width)} × ${Math.round(height)} pixels`;
  return width < HEADER.width ? `${kept}: enlarged, the picture will look soft.` : `${kept}.`;
}

/** Lets a pointer or the keyboard move the frame. @param {HTMLElement} handle @param {Frame} frame @param {HTMLImageElement} picture */
function makeMovable(handle, frame, picture) {
  handle.style.width = `${(100 * frame.width) / frame.whole.width}%`;
  handle.style.height = `${(100 * frame.height) / frame.whole.height}%`;
  handle.setAttribute('aria-label', `Part of ${picture.alt} that the header shows`);
  handle.setAttribute('aria-orientation', frame.isUpright ? 'vertical' : 'horizontal');
  showFrame(handle, frame);
  if (frame.isFixed) {
    handle.setAttribute('aria-disabled', 'true');
    return;
  }
  // Across its way, a finger on the frame scrolls the page as anywhere else.
  handle.style.touchAction = frame.isUpright ? 'pan-x' : 'pan-y';
  handle.addEventListener('keydown', (event) => {
    const step = STEPS.get(event.key);
    if (step === undefined) return;
    event.preventDefault();
    frame.moveTo(frame.position + step);
    showFrame(handle, frame);
  });
  let grabbedAt = 0;
  const placeOf = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { width, height } = picture.getBoundingClientRect();
    return frame.isUpright
      ? (clientY / height) * (frame.whole.height / frame.way.y)
      : (clientX / width) * (frame.whole.width / frame.way.x);
  };
  handle.addEventListener('pointerdown', (event) => {
    grabbedAt = frame.position - placeOf(event);
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    frame.moveTo(grabbedAt + placeOf(event));
    showFrame(handle, frame);
  });
}

/** @param {HTMLElement} handle @param {Frame} frame */
function showFrame(handle, frame) {
  handle.style.left = `${(100 * frame.left) / frame.whole.width}%`;
  handle.style.top = `${(100 * frame.top) / frame.whole.height}%`;
  const share = Math.round(100 * frame.position);
  handle.setAttribute('aria-valuenow', `${share}`);
  handle.setAttribute('aria-valuetext', `${share} % from the ${frame.isUpright ? 'top' : 'left'}`);
}

/**
 * Saves what is in the frame as a JPEG under the picture's own name, and tells where it belongs.
 * @param {HTMLImageElement} picture @param {Frame} frame @param {string} path
 */
async function saveHeader(picture, frame, path) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, HEADER);
  const context = canvas.getContext('2d');
  if (context === null) return 'This browser cannot make the picture.';
  // A JPEG has no transparency; a chat bubble is white.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, HEADER.width, HEADER.height);
  context.imageSmoothingQuality = 'high';
  const { left, top, width, height } = frame;
  context.drawImage(picture, left, top, width, height, 0, 0, HEADER.width, HEADER.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  if (!(blob instanceof Blob)) return 'This browser cannot make the picture.';
  const target = path.replace(/\.png$/i, '.jpg');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = target.slice(target.lastIndexOf('/') + 1);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  const instead = target === path ? '' : ` and remove ${path}`;
  return `Downloaded. Put it at ${target}${instead}.`;
}

for (const details of document.querySelectorAll('details.fix')) {
  if (!(details instanceof HTMLElement)) continue;
  // Its content stays from then on. What the browser cannot show it cannot mend either.
  details.addEventListener('toggle', () => void openEditor(details).catch(() => details.remove()), {
    once: true,
  });
}
