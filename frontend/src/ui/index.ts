export { Button, ButtonLink, DownloadLink, IconButton } from "./button";
export { Chart, type Series } from "./chart";
export { Confirm, Dialog } from "./dialog";
export {
	Checkbox,
	Field,
	FormError,
	type Option,
	PasswordField,
	Select,
	SelectField,
	TextField,
} from "./field";
export { type Form, useForm } from "./form";
export * from "./format";
export { Icon, type IconName, Mark } from "./icon";
export { Menu, type MenuItem } from "./menu";
export { Facts, Page, Section, Tabs, useTitle } from "./page";
export { Pager } from "./pager";
export { Sparkline } from "./sparkline";
export { EmptyState, ErrorState, Load, OfflineState, Skeleton, StaleNotice, useOnline } from "./state";
export { Progress, StatusBadge, type Tone } from "./status";
export { type Column, ROW_LINK, Table, useIsNarrow } from "./table";
export { Toasts, toast } from "./toast";
export { oneOf, useUrlState } from "./url";
export { ExactTime, Money, None, Time } from "./values";
