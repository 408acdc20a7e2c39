/** Stands where the secret goes while it is not on screen. */
export const secretPlaceholder = "<the ingest secret>";

/** What distribution 2.8 and 3 take, word for word: the part of config.yml that sends notifications. */
export function prepareDistributionConfig(url: string, secret: string): string {
  return `notifications:
  endpoints:
    - name: wharfinger
      url: ${url}
      headers:
        Authorization: ["Bearer ${secret}"]
      timeout: 5s
      threshold: 5
      backoff: 1s
      ignoredmediatypes:
        - application/octet-stream
`;
}
