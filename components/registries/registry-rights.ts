/** What the person may do with this registry; what they may not has no button. */
export interface RegistryRights {
  sync: boolean;
  write: boolean;
  allowNetworks: boolean;
  /** They see all of it, not only some repositories. */
  whole: boolean;
  /** They may see who may do what there. */
  readAccess: boolean;
  readSources: boolean;
  writeSources: boolean;
  /** They may turn enforcement on and off. */
  enforce: boolean;
}
