export interface JobOptions {
  /** A job with the same key that waits is replaced, so that many wishes are one job. */
  jobKey?: string;
  runAt?: Date;
  /** A waiting job with the same key keeps its time, so that a stream of wishes does not put it off for ever. */
  keepsRunAt?: boolean;
  /** Jobs of one queue run one after another. */
  queueName?: string;
  maxAttempts?: number;
}
