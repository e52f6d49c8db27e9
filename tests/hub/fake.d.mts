export interface Report {
  /** Every request: who was asked, how, and with what. */
  requests: { host: 'hub' | 'cdn'; path: string; status: number | null }[];
  /** Requests to the content server that carried the token. */
  authorised_on_cdn: number;
}

/** The fake hub with its catalogue, and with Pocket as a model that really runs. */
export class FakeHub {
  endpoint: string;
  start(): Promise<this>;
  /** Tells it something, or asks for its report; see the crate `inglenook-testkit`. */
  tell<T = object>(order: object | string): Promise<T>;
  /** It ends with its input. */
  end(): void;
}
