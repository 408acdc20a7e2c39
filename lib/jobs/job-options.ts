export interface JobOptions {
  /** A job with the same key that waits is replaced, so that many wishes are one job. */
  jobKey?: string;
  runAt?: Date;
  /** Jobs of one queue run one after another. */
  queueName?: string;
  maxAttempts?: number;
}
