/** What the person may do with access, somewhere at least; what they may not has no button. */
export interface AccessRights {
  /** Sees who may do what. */
  read: boolean;
  /** Writes grants, principals and their secrets. */
  write: boolean;
  /** Names who may push to protected repositories. */
  protect: boolean;
}

export interface RegistryChoice {
  slug: string;
  name: string;
  /** As it stands in a reference. */
  host: string;
}
