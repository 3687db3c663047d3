/** The server on this machine. */

import type {
  ClearAsked, Correction, Done, DuplicateKind, DuplicateList, FacetList, FilingList, FoundList,
  GroupList, HistoryList, Job, JobKind, LibraryInfo, NearList, OrganizeAsked, PictureFacts,
  PictureList, Places, Plan, SkippedList, Source, TrashList, Wanted,
} from "./source";
import { SourceError } from "./source";
import { t } from "../messages";
import { unpacked } from "./packed";

export type Event =
  | { kind: "changed"; entry: number }
  | { kind: "job"; job: Job }
  | { kind: "online"; isOnline: boolean };

type Query = Record<string, string | number | null>;

export class Live implements Source {
  readonly canEdit = true;
  private key = "";

  async library(): Promise<LibraryInfo> {
    const found = await this.get<LibraryInfo>("/api/library");
    this.key = found.write;
    return found;
  }

  groups(level: number | null): Promise<GroupList> {
    return this.get("/api/groups", { level });
  }

  pictures(group: string, level: number | null): Promise<PictureList> {
    return this.get(`/api/groups/${encodeURIComponent(group)}/images`, { level });
  }

  async places(level: number | null): Promise<Places> {
    const response = await asked(addressOf("/api/places", { level }), {});
    return response.ok ? unpacked(await response.arrayBuffer()) : answer(response);
  }

  thumb(key: string, side?: number): string {
    return side ? `/thumbs/${key}?side=${side}` : `/thumbs/${key}`;
  }

  picture(key: string): string {
    return `/pictures/${key}`;
  }

  facts(key: string): Promise<PictureFacts> {
    return this.get(`/api/images/${key}`);
  }

  near(key: string): Promise<NearList> {
    return this.get(`/api/images/${key}/near`);
  }

  /** Say why a picture does not show. */
  async complaint(key: string): Promise<SourceError | null> {
    try {
      await answer(await asked(this.picture(key), { cache: "no-store" }));
    } catch (error) {
      if (error instanceof SourceError) return error;
    }
    return null;
  }

  facets(): Promise<FacetList> {
    return this.get("/api/facets");
  }

  /** Find pictures by words and facts alone. */
  words(wanted: Wanted): Promise<FoundList> {
    const { q = "", taken = "", camera = "", folder = "", flag = "", copies = "" } = wanted;
    const { latitude = null, longitude = null, n = null } = wanted;
    return this.get("/api/words", { q, taken, camera, folder, flag, copies, latitude, longitude, n });
  }

  search(wanted: Wanted): Promise<FoundList> {
    return this.post("/api/search", wanted);
  }

  /** Keep a picture for searches; what comes back names it. */
  async keep(file: Blob): Promise<string> {
    return (await this.upload<{ id: string }>("/api/uploads", file)).id;
  }

  history(): Promise<HistoryList> {
    return this.get("/api/history");
  }

  skipped(): Promise<SkippedList> {
    return this.get("/api/skipped");
  }

  jobs(): Promise<Job[]> {
    return this.get("/api/jobs");
  }

  /** Correct the groups, as they were when `entry` was the newest entry of the journal. */
  correct(entry: number, what: Correction): Promise<Done> {
    return this.post("/api/edits", { ...what, entry });
  }

  /** Let names and corrections belong to another level. */
  keepLevel(n: number): Promise<Done> {
    return this.post("/api/level", { n_clusters: n });
  }

  undo(entry: number, steps = 1): Promise<Done> {
    return this.post("/api/undo", { entry, steps });
  }

  redo(entry: number, steps = 1): Promise<Done> {
    return this.post("/api/redo", { entry, steps });
  }

  start(kind: JobKind): Promise<Job> {
    return this.post("/api/jobs", { kind });
  }

  stop(job: number): Promise<Job> {
    return this.post(`/api/jobs/${job}/stop`, {});
  }

  /** Look for duplicates; in the folders that are protected nothing is to be touched. */
  findDuplicates(protectedFolders: string[]): Promise<Job> {
    return this.post("/api/jobs", { kind: "duplicates", protected: protectedFolders });
  }

  duplicates(kind: DuplicateKind | null, offset: number, n: number): Promise<DuplicateList> {
    return this.get("/api/duplicates", { kind, offset, n });
  }

  planToClear(what: ClearAsked): Promise<Plan> {
    return this.post("/api/plans/clear", what);
  }

  planToOrganize(what: OrganizeAsked): Promise<Plan> {
    return this.post("/api/plans/organize", what);
  }

  plan(id: string, offset = 0): Promise<Plan> {
    return this.get(`/api/plans/${encodeURIComponent(id)}`, { offset });
  }

  apply(plan: string): Promise<Job> {
    return this.post(`/api/plans/${encodeURIComponent(plan)}/apply`, {});
  }

  filings(): Promise<FilingList> {
    return this.get("/api/filings");
  }

  trash(): Promise<TrashList> {
    return this.get("/api/trash");
  }

  restore(ids: number[]): Promise<Job> {
    return this.post("/api/trash/restore", { ids });
  }

  /** Delete for good what was in the trash when it was shown. */
  emptyTrash(stamp: string): Promise<{ files: number }> {
    return this.post("/api/trash/empty", { stamp });
  }

  /** Folders whose path begins so. */
  async folders(begun: string): Promise<string[]> {
    return (await this.get<{ paths: string[] }>("/api/folders", { begun })).paths;
  }

  undoFiling(filing: number): Promise<Job> {
    return this.post("/api/filings/undo", { filing });
  }

  /** Go on with what was cut off, or take it back. */
  endFiling(way: "resume" | "rollback"): Promise<Job> {
    return this.post(`/api/filings/${way}`, {});
  }

  /** Be told of what happens, until the function that comes back is called. */
  listen(told: (event: Event) => void): () => void {
    const events = new EventSource("/api/events");
    const read = (event: MessageEvent<string>) => JSON.parse(event.data) as never;
    events.addEventListener("open", () => told({ kind: "online", isOnline: true }));
    events.addEventListener("error", () => told({ kind: "online", isOnline: false }));
    events.addEventListener("changed", (event) =>
      told({ kind: "changed", entry: (read(event) as { entry: number }).entry }),
    );
    events.addEventListener("job", (event) => told({ kind: "job", job: read(event) }));
    return () => events.close();
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return answer(await asked(addressOf(path, query), {}));
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const headers = { "content-type": "application/json", "x-pixkin-write": this.key };
    return answer(await asked(path, { method: "POST", headers, body: JSON.stringify(body) }));
  }

  /** Send a file as it is. */
  async upload<T>(path: string, file: Blob): Promise<T> {
    const headers = { "content-type": "application/octet-stream", "x-pixkin-write": this.key };
    return answer(await asked(path, { method: "POST", headers, body: file }));
  }
}

function addressOf(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)]],
  );
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

async function asked(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new SourceError("offline", t("noAnswer"));
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const told = (await response.json().catch(() => ({}))) as { error?: string; message?: string };
  throw new SourceError(
    told.error ?? "failed",
    told.message ?? t("answered", { status: response.status }),
    response.status,
  );
}
