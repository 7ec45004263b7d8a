/** Independent runs on several threads; what comes back is in the order of what was given. */
import { Worker } from 'node:worker_threads';

export async function onThreads<Job, Result>(
  script: URL,
  jobs: readonly Job[],
  { threads, tell }: { threads: number; tell: (job: Job) => void },
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(script);
    try {
      for (let at = next++; at < jobs.length; at = next++) {
        const job = jobs[at] as Job;
        results[at] = await ask<Job, Result>(worker, job);
        tell(job);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, work));
  return results;
}

function ask<Job, Result>(worker: Worker, job: Job): Promise<Result> {
  return new Promise((resolve, reject) => {
    const died = (code: number) => reject(new Error(`A thread ended with code ${code}`));
    worker.once('error', reject);
    worker.once('exit', died);
    worker.once('message', (result: Result) => {
      worker.off('error', reject);
      worker.off('exit', died);
      resolve(result);
    });
    worker.postMessage(job);
  });
}
