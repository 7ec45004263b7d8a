/** A thread of `sim.ts`: takes a run's options, gives back its figures. */
import { parentPort } from 'node:worker_threads';
import { storm, type StormOptions } from './storm.ts';

parentPort?.on('message', (options: StormOptions) => {
  void storm(options).then((metrics) => parentPort?.postMessage(metrics)); // A failure ends the thread, loudly.
});
