/** Entry of the thread of `faultsWithin`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type FaultKind, Part21Fault, scanPart21 } from '../../modules/cad/part21.js';

const faultOf = (text: string): FaultKind | null => {
  try {
    scanPart21(Buffer.from(text, 'latin1'), new Set(['PRODUCT']));
    return null;
  } catch (error) {
    if (error instanceof Part21Fault) return error.kind;
    throw error;
  }
};

parentPort!.postMessage((workerData as string[]).map(faultOf));
