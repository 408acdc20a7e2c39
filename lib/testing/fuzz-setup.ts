// Read before each test file of npm run fuzz: properties that name no count of their own get a larger one too.
import fc from "fast-check";
import { fuzzRuns } from "#lib/testing/fuzz-runs";

fc.configureGlobal({ numRuns: fuzzRuns(100, 50_000) });
