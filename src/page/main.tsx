/**
 * main: the page: reads its report, and shows it. The daemon's own page reads it again when the cluster has changed.
 */
import { render } from 'preact';
import { App } from './app.jsx';
import { clusterOf } from './cluster.js';
import { loadReport } from './load.js';

const place = document.getElementById('page') as HTMLElement;

async function show(): Promise<void> {
  const cluster = clusterOf(await loadReport());
  if (place.querySelector('main') === null) place.textContent = '';
  render(<App cluster={cluster} reload={show} />, place);
}

async function start(): Promise<void> {
  try {
    await show();
  } catch (error) {
    place.textContent = `This page cannot be shown: ${error instanceof Error ? error.message : error}`;
  }
}

void start();
