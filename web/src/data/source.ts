/** Where the page gets what it shows: a server on this machine, or files that were shared. */

import type { components } from "./schema";

type Schemas = components["schemas"];
export type LibraryInfo = Schemas["LibraryAnswer"];
export type Group = Schemas["Group"];
export type GroupList = Schemas["GroupsAnswer"];
export type PictureList = Schemas["PicturesAnswer"];
export type Job = Schemas["Told"];
export type Done = Schemas["Done"];
export type Correction = Omit<Partial<Schemas["Correction"]>, "entry" | "action"> &
  Pick<Schemas["Correction"], "action">;
export type HistoryList = Schemas["HistoryAnswer"];
export type SkippedList = Schemas["SkippedAnswer"];
export type PictureFacts = Schemas["PictureAnswer"];
export type NearList = Schemas["NearAnswer"];
export type FoundList = Schemas["FoundAnswer"];
export type FacetList = Schemas["FacetsAnswer"];
export type Wanted = Partial<Schemas["Wanted"]>;
export type JobKind = Schemas["JobAsked"]["kind"];
export type DuplicateList = Schemas["DuplicatesAnswer"];
export type DuplicateGroup = Schemas["DuplicatesGroup"];
export type DuplicateFile = Schemas["DuplicateFile"];
export type KindCount = Schemas["KindCount"];
export type DuplicateKind = KindCount["kind"];
export type ClearAsked = Schemas["ClearAsked"];
export type OrganizeAsked = Schemas["OrganizeAsked"];
export type Plan = Schemas["PlanAnswer"];
export type Outcome = Schemas["Outcome"];
export type FilingList = Schemas["FilingsAnswer"];
export type TrashList = Schemas["TrashAnswer"];
export type Filing = Schemas["FilingRow"];

/** Keys of pictures, by their number: a list of texts is one. */
export interface Keys {
  readonly length: number;
  at(i: number): string | undefined;
}

/** The map: a place for each picture, and its group by number, -1 for none. */
export interface Places {
  entry: number;
  keys: Keys;
  xy: Float32Array;
  labels: Int32Array;
  groups: string[];
}

/** What was asked for cannot be; `kind` says why in one word, `message` in a sentence. */
export class SourceError extends Error {
  constructor(
    readonly kind: string,
    message: string,
    readonly status = 0,
  ) {
    super(message);
  }
}

/** What anyone may look at. */
export interface Source {
  readonly canEdit: boolean;
  library(): Promise<LibraryInfo>;
  groups(level: number | null): Promise<GroupList>;
  pictures(group: string, level: number | null): Promise<PictureList>;
  places(level: number | null): Promise<Places>;
  /** The address of a thumbnail, about `side` pixels or as large as it is kept. */
  thumb(key: string, side?: number): string;
  /** The address of the picture itself; where there is none, the thumbnail is all there is. */
  picture?(key: string): string;
  facts?(key: string): Promise<PictureFacts>;
  near?(key: string): Promise<NearList>;
}

/** What is in no group goes by this in place of an id. */
export const NONE = "none";
