const listeners = new Set();
const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** The colours of the style sheet in their present theme, for what is drawn on a canvas. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    background: colour('surface'),
    text: colour('muted'),
    ink: colour('ink'),
    grid: colour('grid'),
    border: colour('border'),
    up: colour('up'),
    down: colour('down'),
    gain: colour('gain'),
    loss: colour('loss'),
    accent: colour('accent'),
    bench: colour('bench'),
    series: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map(colour),
  };
}

/** A colour of the form #rrggbb with an opacity. */
export function faded(colour, opacity) {
  const part = (from) => Number.parseInt(colour.slice(from, from + 2), 16);
  return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${opacity})`;
}

export function onTheme(listener) {
  listeners.add(listener);
}

/** Follows the system until the reader chooses; the choice is kept where the browser keeps anything. */
export function connectThemeToggle(button) {
  const root = document.documentElement;
  const show = (theme) => {
    root.dataset.theme = theme;
    button.setAttribute('aria-label', theme === 'dark' ? 'Switch to light colours' : 'Switch to dark colours');
    for (const listener of listeners) listener();
  };
  const wanted = () => stored() ?? (dark.matches ? 'dark' : 'light');
  show(wanted());
  dark.addEventListener('change', () => show(wanted()));
  button.addEventListener('click', () => {
    const theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    store(theme);
    show(theme);
  });
}

const KEY = 'valvulin-theme';

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A file opened from disk may be denied storage; the system's theme then holds.
    return null;
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch (error) {
    console.info('The theme is kept for this page only:', error.message);
  }
}
