/** Light, dark, or as the machine has it. Only this is kept beyond the tab. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const PLACE = 'signalbox-theme';

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(PLACE);
  return THEMES.find((theme) => theme === kept) ?? 'auto';
}

export function applyTheme(theme = chosenTheme()): void {
  localStorage.setItem(PLACE, theme);
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
