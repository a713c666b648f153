import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Company } from "@/api";
import { Button, ExactTime, Facts, Load, None, Page, StaleNotice, StatusBadge, toast, useUrlState, words } from "@/ui";
import { ContactsCard } from "../contacts/contacts-card";
import { ProposalsCard } from "../proposals/proposals-card";
import { CompanyDialog } from "./company-dialog";

const DEFAULTS = { edit: "" };
const FACT_LINK = "text-accent-ink underline-offset-4 hover:underline";

export function CompanyPage({ id }: { id: string }) {
	const queries = useQueryClient();
	const { state, set } = useUrlState(DEFAULTS);
	const query = useQuery({
		queryKey: ["companies", "one", id],
		queryFn: async () => (await api.companies.get(id)).company,
	});
	const company = query.data;
	const close = () => set({ edit: "" }, { replace: true });

	const settle = (changed: Company) => {
		queries.setQueryData(["companies", "one", id], changed);
		queries.invalidateQueries({ queryKey: ["companies", "list"] });
	};
	const move = async (away: boolean) => {
		try {
			const { company: changed } = await (away ? api.companies.archive(id) : api.companies.restore(id));
			settle(changed);
			toast(`${changed.name} is ${away ? "archived" : "active again"}.`);
		} catch (error) {
			toast(`Nothing was changed. ${asProblem(error).message}`, { tone: "bad" });
		}
	};
	const makePrimary = async (contact: { id: string; name: string }) => {
		if (!company) return;
		try {
			const change = { version: company.version, primaryContactId: contact.id };
			settle((await api.companies.update(id, change)).company);
			await queries.invalidateQueries({ queryKey: ["contacts"] });
			toast(`${contact.name} is the primary contact now.`);
		} catch (error) {
			toast(`The primary contact stays. ${asProblem(error).message}`, { tone: "bad" });
			query.refetch();
		}
	};

	return (
		<Page
			title={company?.name ?? "Company"}
			back={{ href: "/companies", label: "Companies" }}
			badge={
				company?.archivedAt && (
					<StatusBadge tone="idle" icon="archive">
						Archived
					</StatusBadge>
				)
			}
			actions={
				company && (
					<>
						{company.archivedAt ? (
							<Button icon="restore" onClick={() => move(false)}>
								Restore
							</Button>
						) : (
							<Button icon="archive" onClick={() => move(true)}>
								Archive
							</Button>
						)}
						<Button look="primary" icon="pencil" onClick={() => set({ edit: "yes" })}>
							Edit
						</Button>
					</>
				)
			}
		>
			<StaleNotice query={query} />
			<Load query={query}>
				{(data) => (
					<div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[1fr_20rem]">
						<div class="grid grid-cols-1 gap-4">
							<ContactsCard
								of={{ companyId: data.id }}
								company={data.name}
								{...(data.archivedAt ? { readOnly: true } : { onPrimary: makePrimary })}
							/>
							<ProposalsCard of={{ companyId: data.id }} />
						</div>
						<section class="card p-5">
							<h2 class="mb-4 font-semibold">Company</h2>
							<Facts
								class="sm:grid-cols-2 lg:grid-cols-1"
								facts={[
									["Website", data.website ? <Website address={data.website} /> : <None />],
									[
										"Phone",
										data.phone ? (
											<a class={FACT_LINK} href={`tel:${data.phone}`}>
												{data.phone}
											</a>
										) : (
											<None />
										),
									],
									["Contract", data.contract ? `${data.contract.title}, ${words(data.contract.status)}` : <None />],
									["Notes", data.notes ? <span class="whitespace-pre-line">{data.notes}</span> : <None />],
									["Added", <ExactTime key="added" at={data.createdAt} />],
								]}
							/>
						</section>
					</div>
				)}
			</Load>
			{company && state.edit && (
				<CompanyDialog
					company={company}
					onClose={close}
					onSaved={() => {
						close();
						toast("Changes saved.");
					}}
				/>
			)}
		</Page>
	);
}

function Website({ address }: { address: string }) {
	return (
		<a class={FACT_LINK} href={address} target="_blank" rel="noopener noreferrer">
			{address.replace(/^https?:\/\//, "")}
		</a>
	);
}
