import { formOf, jsonOf, standIn, type Handler, type Handlers, type Heard, type Said, type StandIn } from './service.js';

/** What the platform's services say of themselves in every header. */
const OWN = { server: 'Werkzeug/2.3.7 Python/3.11.4', 'access-control-allow-origin': '*' };

const said = (json: unknown, status = 200): Said => ({ status, json, headers: OWN });

/** A parser takes a file in a form and nothing else. */
async function parsed(heard: Heard, extracted: object): Promise<Said> {
  const file = (await formOf(heard))?.get('file');
  if (!(file instanceof File)) return said({ error: 'Aucun fichier fourni' }, 400);
  return said({ status: 'success', data: { filename: file.name, size: file.size, ...extracted } });
}

const healthy: Handler = () => said({ status: 'healthy', service: 'stand-in', version: '1.0.0' });
const absent: Handler = () => said({ error: 'Endpoint non trouvé' }, 404);

const CV: Handlers = {
  'GET /health': healthy,
  'POST /api/parse-cv/': async (heard) => parsed(heard, { skills: ['Python'], options: (await formOf(heard))?.get('extract_skills') ?? null }),
  // Its framework redirects to the spelling with a slash, by the address it was called under.
  'POST /api/parse-cv': ({ headers }) => ({ status: 308, headers: { ...OWN, location: `http://${headers.host ?? ''}/api/parse-cv/` } }),
  'GET /api/formats': () => said({ status: 'success', data: { formats: ['pdf', 'docx', 'txt'] } }),
};

const JOB: Handlers = {
  'GET /health': healthy,
  'POST /api/parse-job': (heard) => parsed(heard, { title: 'Développeur' }),
};

const ENDPOINTS = ['/health', '/api/v1/match', '/api/v1/info', '/api/v1/metrics', '/match'];

const MATCHING: Handlers = {
  'GET /health': healthy,
  'POST /api/v1/match': (heard) => {
    const body = jsonOf(heard);
    if (body === undefined) return said({ error: 'Invalid JSON' }, 400);
    const lacking = ['candidate', 'offers'].filter((name) => !(name in body));
    return lacking.length > 0 ? said({ error: 'Missing required fields', missing: lacking }, 400) : said({ matches: [{ offer_id: 1, score: 0.87 }], algorithm: 'smart-match' });
  },
  'GET /api/v1/info': () => said({ service: 'matching', algorithms: 5 }),
};
const noEndpoint: Handler = () => said({ error: 'Endpoint not found', service: 'SuperSmartMatch V2', available_endpoints: ENDPOINTS }, 404);

/** The three services of SuperSmartMatch, as far as they exist. */
export class SuperSmartMatchServices implements AsyncDisposable {
  private constructor(readonly cv: StandIn, readonly job: StandIn, readonly matching: StandIn) {}

  static async start(): Promise<SuperSmartMatchServices> {
    return new SuperSmartMatchServices(await standIn(CV, absent), await standIn(JOB, absent), await standIn(MATCHING, noEndpoint));
  }

  /** Variables that tell the platform's gateway where they are. */
  get env(): Record<string, string> {
    return { CV_PARSER_URL: this.cv.url, JOB_PARSER_URL: this.job.url, MATCHING_SERVICE_URL: this.matching.url };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.cv, this.job, this.matching].map((service) => service[Symbol.asyncDispose]()));
  }
}
