import { type ReactElement, type ReactNode, useState } from "react";
import { Link } from "wouter";

import { hasEnded, type JobAction, type JobOutcome, type JobSummary, useJobAction } from "../../api/jobs.ts";
import { wordsFor } from "../../api/problems.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { counted } from "../quantities.ts";
import { jobName, shortId } from "./names.ts";

/** What an action needs to know of a job. */
export type ActionJob = Pick<JobSummary, "job_id" | "status"> & { input_name?: string | null };

interface Question {
  action: Exclude<JobAction, "retry">;
  jobs: readonly ActionJob[];
  /** Those of the selection that the action is not for. */
  others: number;
}

export interface JobActions {
  /** Do it to those of the jobs that it fits; what loses something is asked about first. */
  ask(action: JobAction, jobs: readonly ActionJob[]): void;
  isBusy: boolean;
  /** The question, while it is asked. */
  dialog: ReactElement;
  /** What came of the last one, for a place that is read aloud. */
  notice: ReactNode;
}

/** Whether an action can be done to a job as it stands. */
export function fits(action: JobAction, job: ActionJob): boolean {
  return hasEnded(job.status) === (action !== "cancel");
}

function subject(jobs: readonly ActionJob[]): string {
  const [only] = jobs;
  return jobs.length === 1 && only !== undefined ? jobName(only) : counted(jobs.length, "job");
}

/** Jobs that a question names; of more it says how many. */
const NAMED = 5;

/** The jobs that it is about, so that they can be checked. */
function Names({ jobs }: { jobs: readonly ActionJob[] }): ReactElement | null {
  if (jobs.length < 2) return null;
  return (
    <ul className="dialog__list">
      {jobs.slice(0, NAMED).map((job) => (
        <li key={job.job_id}>
          {jobName(job)} <code>{shortId(job.job_id)}</code>
        </li>
      ))}
      {jobs.length > NAMED && <li>{`and ${jobs.length - NAMED} more`}</li>}
    </ul>
  );
}

function lost({ action, jobs, others }: Question): string {
  const many = jobs.length > 1;
  const rest =
    others === 0 ? "" : ` ${counted(others, "selected job")} ${others === 1 ? "is" : "are"} left alone: ${action === "cancel" ? "already ended" : "not ended yet"}.`;
  return action === "cancel"
    ? `${many ? "They stop" : "It stops"} within two seconds. What was found until then is kept; starting again begins at the first frame.${rest}`
    : `The input, all frames, pictures and the log of ${many ? "these jobs" : "this job"} are deleted for good. Nothing brings them back.${rest}`;
}

const DONE: Record<JobAction, string> = { cancel: "cancelled", retry: "started again", purge: "deleted" };

function Outcome({ action, outcomes }: { action: JobAction; outcomes: readonly JobOutcome[] }): ReactElement {
  const failed = outcomes.filter(({ ok }) => !ok);
  const done = outcomes.length - failed.length;
  const started = outcomes.find((outcome) => outcome.new_job_id !== null)?.new_job_id;
  const reasons = [...new Set(failed.map(({ error }) => error?.detail ?? "The server does not say why."))];
  return (
    <>
      {done > 0 && `${counted(done, "job")} ${DONE[action]}. `}
      {done === 1 && started !== undefined && started !== null && <Link href={`/jobs/${started}`}>Watch it</Link>}
      {failed.length > 0 && `${counted(failed.length, "job")} not: ${reasons.slice(0, 3).join(" ")}`}
    </>
  );
}

/** Cancel, retry and delete, with their questions and what came of them. */
export function useJobActions(onDone?: (action: JobAction, outcomes: readonly JobOutcome[]) => void): JobActions {
  const [question, setQuestion] = useState<Question | null>(null);
  const [isOpen, setOpen] = useState(false);
  const mutation = useJobAction();

  const run = (action: JobAction, jobs: readonly ActionJob[]) => {
    mutation.mutate(
      { action, jobIds: jobs.map((job) => job.job_id) },
      {
        onSuccess: (outcomes) => onDone?.(action, outcomes),
      },
    );
  };

  const failure = mutation.error === null ? null : wordsFor(mutation.error, "change");
  const notice =
    failure !== null ? (
      `${failure.title}. ${failure.safe} ${failure.next}`
    ) : mutation.data !== undefined ? (
      <Outcome action={mutation.variables.action} outcomes={mutation.data} />
    ) : null;

  const dialog = (
    <Dialog
      open={isOpen}
      onOpenChange={setOpen}
      title={question === null ? "" : `${question.action === "cancel" ? "Cancel" : "Delete"} ${subject(question.jobs)}?`}
      description={question === null ? "" : lost(question)}
      actions={
        <>
          <Button
            onClick={() => {
              setOpen(false);
            }}
          >
            {question?.action === "cancel" ? "Let it run" : "Keep"}
          </Button>
          <Button
            look="danger"
            onClick={() => {
              setOpen(false);
              if (question !== null) run(question.action, question.jobs);
            }}
          >
            {question?.action === "cancel" ? "Cancel the work" : "Delete for good"}
          </Button>
        </>
      }
    >
      {question !== null && <Names jobs={question.jobs} />}
    </Dialog>
  );

  return {
    ask(action, jobs) {
      const fitting = jobs.filter((job) => fits(action, job));
      if (fitting.length === 0) return;
      if (action === "retry") run(action, fitting);
      else {
        setQuestion({ action, jobs: fitting, others: jobs.length - fitting.length });
        setOpen(true);
      }
    },
    isBusy: mutation.isPending,
    dialog,
    notice,
  };
}
