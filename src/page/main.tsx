/**
 * main: the page: reads its report, and shows it.
 */
import { render } from 'preact';
import { App } from './app.jsx';
import { clusterOf } from './cluster.js';
import { loadReport } from './load.js';

const place = document.getElementById('page') as HTMLElement;

async function start(): Promise<void> {
  try {
    const cluster = clusterOf(await loadReport());
    place.textContent = '';
    render(<App cluster={cluster} />, place);
  } catch (error) {
    place.textContent = `This page cannot be shown: ${error instanceof Error ? error.message : error}`;
  }
}

void start();
