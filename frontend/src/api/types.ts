/** Names for what the API's document says. schema.d.ts is generated from that document: `npm run generate`. */

import type { components, operations } from "./schema";

type Schemas = components["schemas"];
type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

export type Role = Schemas["Role"];
export type OperatorLevel = Schemas["OperatorLevel"];
export type Session = Schemas["Session"];
export type WorkspaceRef = Schemas["WorkspaceRef"];
export type Workspace = Schemas["Workspace"];
export type Member = Schemas["Member"];
export type Invitation = Schemas["Invitation"];
export type InvitationPreview = Schemas["InvitationPreview"];
export type InvitationAcceptance = Schemas["InvitationAcceptance"];
export type NewAccount = Schemas["NewAccount"];
export type Login = Schemas["Login"];

export type Client = Schemas["Client"];
export type NewClient = Schemas["NewClient"];
export type ClientChange = Schemas["ClientChange"];
export type ClientList = Schemas["ClientList"];
export type ClientQuery = Query<"list_clients">;
export type ClientExportQuery = Query<"export_clients">;
export type ClientEvent = Schemas["ClientEvent"];
export type ClientStatus = NonNullable<ClientQuery["status"]>;
export type ClientSort = NonNullable<ClientQuery["sort"]>;
export type BoundedCount = Schemas["BoundedCount"];

export type Access = Schemas["Access"];
export type Contact = Schemas["Contact"];
export type NewContact = Schemas["NewContact"];
export type ContactChange = Schemas["ContactChange"];
export type ContactQuery = Query<"list_contacts">;
export type Company = Schemas["Company"];
export type NewCompany = Schemas["NewCompany"];
export type CompanyChange = Schemas["CompanyChange"];
export type CompanyQuery = Query<"list_companies">;

export type Import = Schemas["Import"];
export type ImportState = Schemas["ImportState"];
export type ImportColumn = Schemas["ImportColumn"];
export type ImportField = Schemas["ImportField"];
export type ImportFormat = Schemas["ImportFormat"];
export type ImportFormatChange = Schemas["ImportFormatChange"];
export type ImportChoices = Schemas["ImportChoices"];
export type PreviewedRow = Schemas["PreviewedRow"];
export type ImportedRow = Schemas["ImportedRow"];
export type ImportLeftover = Schemas["Leftover"];
export type RowQuery = Query<"list_rows">;

export type Merge = Schemas["Merge"];
export type MergeState = Schemas["MergeState"];
export type MergeField = Schemas["MergeField"];
export type MergeChoice = Schemas["MergeChoice"];
export type MergeQuery = Query<"list_merges">;

export type JobState = Schemas["JobState"];
export type Job = Schemas["Job"];
export type JobRow = Schemas["JobRow"];
export type JobList = Schemas["JobList"];
export type JobRef = Schemas["JobRef"];
export type JobAttempt = Schemas["JobAttempt"];
export type JobEffect = Schemas["JobEffect"];
export type JobDeed = Schemas["JobDeed"];
export type JobLog = Schemas["JobLog"];
export type FailureGroup = Schemas["FailureGroup"];
export type SavedSearch = Schemas["SavedSearch"];
export type JobProgress = Schemas["JobProgress"];
export type JobKind = Schemas["JobKind"];
export type JobQuery = Query<"list_jobs">;
export type LookedThrough = Schemas["LookedThrough"];
export type BulkAction = Schemas["BulkAction"];
export type BulkActionRow = Schemas["BulkActionRow"];
export type BulkGroup = Schemas["BulkGroup"];
export type BulkItem = Schemas["BulkItem"];
export type BulkItemState = Schemas["BulkItemState"];
export type BulkObstacle = Schemas["BulkObstacle"];
export type BulkStart = Schemas["BulkStart"];
export type BulkState = Schemas["BulkState"];
export type BulkVerb = Schemas["BulkVerb"];
export type NewBulkAction = Schemas["NewBulkAction"];
export type AuditChain = Schemas["AuditChain"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuditQuery = Query<"list_audit">;
export type Queue = Schemas["Queue"];
export type Node = Schemas["Node"];
export type Schedule = Schemas["Schedule"];
export type Overview = Schemas["Overview"];
export type Alarm = Schemas["Alarm"];
export type NodeState = Schemas["NodeState"];
export type NodePage = Schemas["NodePage"];
export type NodeList = Schemas["NodeList"];
export type CatchUp = Schemas["CatchUp"];
export type ScheduleOutcome = Schemas["ScheduleOutcome"];
export type ScheduleEntry = Schemas["ScheduleEntry"];
export type Batch = Schemas["Batch"];
export type BatchState = Schemas["BatchState"];
export type History = Schemas["History"];
export type HistoryRange = Schemas["Range"];
export type HistoryStep = Schemas["HistoryStep"];
export type QueueHistory = Schemas["QueueHistory"];
export type FailingKind = Schemas["FailingKind"];
export type Activity = Schemas["Activity"];
export type ActivityList = Schemas["ActivityList"];

export type FieldError = Schemas["FieldError"];
export type ProblemBody = Schemas["Problem"];
