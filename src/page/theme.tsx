/**
 * theme: dark or light: what the system asks for, or what the switch said last.
 */
import { useEffect, useState } from 'preact/hooks';

type Theme = 'system' | 'light' | 'dark';

const KEY = 'vipc theme';
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'dark', dark: 'light', light: 'system' };
const SIGN: Readonly<Record<Theme, string>> = { system: '◐', dark: '●', light: '○' };

/** The switch. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(stored());
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A page from a file may have no storage.
    }
  }, [theme]);
  return (
    <button type="button" class="quiet" onClick={() => setTheme(NEXT[theme])} aria-label={`Colours: ${theme}; change`}>
      <span aria-hidden="true">{SIGN[theme]}</span> {theme}
    </button>
  );
}

function stored(): Theme {
  try {
    const found = localStorage.getItem(KEY);
    return found === 'dark' || found === 'light' ? found : 'system';
  } catch {
    return 'system';
  }
}
