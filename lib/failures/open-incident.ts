/** A failed pull that still goes on. */
export interface OpenIncident {
  registry: string;
  repository: string;
  reference: string | null;
  family: string;
  subjectKind: string;
  subject: string;
  /** What happened, in a sentence. */
  title: string;
  firstAt: Date;
  lastAt: Date;
}

/** A cause of failures that still go on in a registry. */
export interface OpenCause {
  registry: string;
  cause: string;
  incidents: number;
  /** The first hour that was looked at in which it was a cause there; null where no hour is counted yet. */
  firstHour: Date | null;
  firstAt: Date;
  lastAt: Date;
}
