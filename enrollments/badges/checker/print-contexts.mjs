// `node print-contexts.mjs`: the contexts as one JSON object, address → context.
import {CONTEXTS} from './contexts.mjs';

process.stdout.write(JSON.stringify(Object.fromEntries(CONTEXTS)));
