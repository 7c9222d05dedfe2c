/** Made by `npm run api-types` from the server's OpenAPI document. Not to be edited. */

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The web UI, or how to build it */
        get: operations["front"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of summaries */
        get: operations["list_jobs"];
        put?: never;
        /** Take a job; 202 with its address */
        post: operations["submit_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a list of jobs; those that have ended stay as they are */
        post: operations["cancel_jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete a list of ended jobs with all they have */
        post: operations["purge_jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New jobs over the inputs and options of a list of ended ones */
        post: operations["retry_jobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Phase 9's job, with all its frames */
        get: operations["get_job"];
        put?: never;
        post?: never;
        /** Cancel; when it answers, the job is cancelled. 409 where it has ended */
        delete: operations["delete_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same, idempotent: the status as it is then */
        post: operations["cancel_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete an ended job with all it has. 409 where it has not ended */
        post: operations["purge_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new job over the same input and options; the old one stays as it ended */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Phase 9's result; null until the job is done */
        get: operations["get_result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/extended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All of Phase 9's job, and what Phase 10 adds */
        get: operations["get_extended"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The frames of the last attempt; `after` is a `next_after` */
        get: operations["get_frames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The job's messages as on the wire, after a cursor */
        get: operations["get_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file as it was sent */
        get: operations["get_input"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/frames/{frame_index}.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A preview; few frames have one */
        get: operations["get_preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A small picture of the input; a video that runs has a later one now and then */
        get: operations["get_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/playback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The input as a video that browsers play */
        get: operations["get_playback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was found in a job's input, in a format of choice, as a file */
        get: operations["export_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which frames have a preview */
        get: operations["get_previews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin an upload; 201 with its address. A body is its first piece */
        post: operations["create_upload"];
        delete?: never;
        /** What of tus this server speaks */
        options: operations["describe_uploads"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far it is, also as tus' `HEAD` */
        get: operations["get_upload"];
        put?: never;
        /** What `X-HTTP-Method-Override` says, for proxies that refuse that method */
        post: operations["override_upload"];
        /** Give an upload up */
        delete: operations["delete_upload"];
        options?: never;
        head?: never;
        /** Add a piece, which begins at `Upload-Offset`; what arrives of it stays */
        patch: operations["append_to_upload"];
        trace?: never;
    };
    "/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of batches, newest first */
        get: operations["list_batches"];
        put?: never;
        /** Take a batch; 202 with its address, and every item is there */
        post: operations["submit_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{batch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a batch stands */
        get: operations["get_batch"];
        put?: never;
        post?: never;
        /** Cancel what has not ended; when it answers, all of it has */
        delete: operations["delete_batch"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{batch_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of its items, each with its newest job */
        get: operations["list_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{batch_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An archive: a file for each item that is done, and a list of all items */
        get: operations["export_batch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{batch_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same for those whose proxies refuse `DELETE` */
        post: operations["cancel_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{batch_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New jobs for the items that failed, in the same batch */
        post: operations["retry_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{batch_id}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete an ended batch with all its jobs. 409 where it has not ended */
        post: operations["purge_batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of webhooks, newest first */
        get: operations["list_webhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same for those that are dead, the oldest first, up to 500 a call */
        post: operations["replay_webhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook with its body */
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send it again, under the same id, with all its tries before it */
        post: operations["replay_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Submit the bundled sample; 202 with the job's address, 404 where no worker has its plugin */
        post: operations["submit_demo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/demo/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** From now on treat the connections of one page as a bad network would */
        post: operations["break_network"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/analyze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Submit, wait, and answer with the result */
        post: operations["analyze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plugins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every plugin of the fleet, those that could not be loaded among them */
        get: operations["list_plugins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plugins/{plugin}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One plugin at a glance */
        get: operations["get_plugin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plugins/{plugin}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its tools, each with the JSON schema of its options */
        get: operations["get_manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plugins/{plugin}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How its last runs went */
        get: operations["get_plugin_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plugins/{plugin}/tools/{tool}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** One tool over one image, and its answer */
        post: operations["run_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the fleet can compute on */
        get: operations["list_devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A stream or a poll, by `transport` or by what the request accepts */
        get: operations["realtime_http"];
        put?: never;
        /** The same with the query as a JSON body: for proxies that hold a `GET` back, and for queries that are long */
        post: operations["realtime_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The seq of the last message that matches the query, and the epoch it is of; at once, and not as a stream */
        get: operations["realtime_tail"];
        put?: never;
        /** The same with the query as a JSON body */
        post: operations["realtime_tail_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What of this request arrived; its body is counted and thrown away */
        get: operations["doctor_get"];
        /** What of this request arrived; its body is counted and thrown away */
        put: operations["doctor_put"];
        /** What of this request arrived; its body is counted and thrown away */
        post: operations["doctor_post"];
        /** What of this request arrived; its body is counted and thrown away */
        delete: operations["doctor_delete"];
        /** What of this request arrived; its body is counted and thrown away */
        options: operations["doctor_options"];
        head?: never;
        /** What of this request arrived; its body is counted and thrown away */
        patch: operations["doctor_patch"];
        trace?: never;
    };
    "/v1/doctor/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbered events at a known pace, or silence, and an end */
        get: operations["doctor_stream_get"];
        put?: never;
        /** Numbered events at a known pace, or silence, and an end */
        post: operations["doctor_stream_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** That the server answers, and how many plugins its fleet has (Phase 9) */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: operations["livez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Each part by name; 503 where one that is needed fails */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This process and the installation in numbers, for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OpenAPI description, as JSON */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same to read and try in a browser */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each error code means: where the `type` of a problem leads */
        get: operations["errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/assets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A script, style or picture of that page */
        get: operations["docs_asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "job.done": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A job ended: job.done
         * @description Signed as Standard Webhooks has it: `webhook-signature` holds `v1,` and the Base64 of an HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, once a secret. It comes at least once, always with the same `webhook-id`.
         */
        post: operations["told_of_job_done"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "job.error": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A job ended: job.error
         * @description Signed as Standard Webhooks has it: `webhook-signature` holds `v1,` and the Base64 of an HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, once a secret. It comes at least once, always with the same `webhook-id`.
         */
        post: operations["told_of_job_error"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "job.cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A job ended: job.cancelled
         * @description Signed as Standard Webhooks has it: `webhook-signature` holds `v1,` and the Base64 of an HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, once a secret. It comes at least once, always with the same `webhook-id`.
         */
        post: operations["told_of_job_cancelled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "batch.ended": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A batch ended: batch.ended
         * @description Signed as Standard Webhooks has it: `webhook-signature` holds `v1,` and the Base64 of an HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, once a secret. It comes at least once, always with the same `webhook-id`.
         */
        post: operations["told_of_batch_ended"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * AnalyzeResponse
         * @description The answer of the call that waits: a job's result.
         */
        AnalyzeResponse: {
            /** Job Id */
            job_id: string;
            /** Device Requested */
            device_requested: string;
            /** Device Used */
            device_used: string;
            /** Fallback */
            fallback: boolean;
            /** Frames */
            frames: components["schemas"]["FrameData"][];
            result: components["schemas"]["JsonValue"];
        };
        /**
         * BatchCancelled
         * @description A batch whose rest was cancelled.
         */
        BatchCancelled: {
            /** Batch Id */
            batch_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "cancelled" | "done";
        };
        /**
         * BatchItem
         * @description One input of a batch.
         */
        BatchItem: {
            /**
             * N
             * @description Its number, from 1, in the order in which the items were handed in.
             */
            n: number;
            /**
             * Line
             * @description Its line in the manifest.
             */
            line: number | null;
            /** Name */
            name: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            error: components["schemas"]["ItemError"] | null;
            /** @description Its newest job; null while there is none, and once it is forgotten. */
            job: components["schemas"]["JobSummary"] | null;
        };
        /**
         * BatchItems
         * @description A page of a batch's items, by their numbers.
         */
        BatchItems: {
            /** Items */
            items: components["schemas"]["BatchItem"][];
            /** Next After */
            next_after: number | null;
        };
        /**
         * BatchList
         * @description A page of batches, newest first; their counts are as told last.
         */
        BatchList: {
            /** Batches */
            batches: components["schemas"]["BatchState"][];
            /** Count */
            count: number;
            /** Next After */
            next_after: string | null;
        };
        /**
         * BatchPurged
         * @description A batch that was deleted with all its jobs.
         */
        BatchPurged: {
            /** Batch Id */
            batch_id: string;
            /**
             * Purged
             * @default true
             * @constant
             */
            purged: true;
        };
        /**
         * BatchRetried
         * @description How many items of a batch run again.
         */
        BatchRetried: {
            /** Batch Id */
            batch_id: string;
            /** Retried */
            retried: number;
        };
        /**
         * BatchState
         * @description A batch at a glance.
         */
        BatchState: {
            /** Batch Id */
            batch_id: string;
            /** Name */
            name: string | null;
            /**
             * Status
             * @description `done` once every item has ended, whatever as; `cancelled` where its rest was.
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "cancelled";
            /** Plugin */
            plugin: string;
            /** Tools */
            tools: string[];
            options: components["schemas"]["JsonValue"];
            /** Device Requested */
            device_requested: string;
            /**
             * Priority
             * @enum {string}
             */
            priority: "low" | "normal" | "high";
            /** Total */
            total: number;
            /**
             * Counts
             * @description Its items by status; those that are no job yet are queued.
             */
            counts: {
                [key: string]: number;
            };
            /**
             * Progress
             * @description Per cent of its items that have ended.
             */
            progress: number;
            /**
             * Failure Rate
             * @description Of those that were run to an end, the part that failed.
             */
            failure_rate: number | null;
            /**
             * Expanding
             * @description Whether some of its items are still to be made jobs.
             */
            expanding: boolean;
            /** Created At */
            created_at: string;
            /** Finished At */
            finished_at: string | null;
            /** Links */
            links: {
                [key: string]: string;
            };
        };
        /**
         * BatchStatusPayload
         * @description A batch at a glance: jobs by status, and its progress.
         */
        BatchStatusPayload: {
            /** Batch Id */
            batch_id: string;
            /** Counts */
            counts: {
                [key: string]: number;
            };
            /** Total */
            total: number;
            /** Progress */
            progress: number;
        };
        /**
         * BatchWebhook
         * @description The body that tells of a batch's end.
         */
        BatchWebhook: {
            /**
             * Type
             * @constant
             */
            type: "batch.ended";
            /**
             * Timestamp
             * @description When it ended.
             */
            timestamp: string;
            data: components["schemas"]["EndedBatch"];
        };
        /**
         * Box
         * @description A rectangle in absolute pixels of the input.
         */
        Box: {
            /** X1 */
            x1: number;
            /** Y1 */
            y1: number;
            /** X2 */
            x2: number;
            /** Y2 */
            y2: number;
        };
        /**
         * CancelResponse
         * @description A job that was cancelled.
         */
        CancelResponse: {
            /**
             * Status
             * @constant
             */
            status: "cancelled";
            /** Job Id */
            job_id: string;
        };
        /**
         * CancelState
         * @description How a job stands after a cancel that may have come too late.
         */
        CancelState: {
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            /** Job Id */
            job_id: string;
        };
        /**
         * DemoNetwork
         * @description How the connections of a demonstration's page are treated.
         */
        DemoNetwork: {
            /** Session Id */
            session_id: string;
            /**
             * Break
             * @enum {string}
             */
            break: "none" | "strip" | "hold" | "mute" | "cut";
            /**
             * Seconds
             * @description For so long, unless it is asked for again.
             */
            seconds: number;
        };
        /**
         * Device
         * @description A device of a worker.
         */
        Device: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Workers */
            workers: number;
            /** Queues */
            queues: string[];
        };
        /**
         * DeviceList
         * @description What the fleet can compute on.
         */
        DeviceList: {
            /** Devices */
            devices: components["schemas"]["Device"][];
            /** Count */
            count: number;
        };
        /**
         * DoctorEcho
         * @description What of a request arrived: what is missing was lost, or changed, on the way.
         */
        DoctorEcho: {
            /** Method */
            method: string;
            /**
             * Http Version
             * @description In which the last machine on the way spoke to the server.
             */
            http_version: string;
            /** Header Names */
            header_names: string[];
            /**
             * Headers
             * @description Values of those that machines on the way write or change.
             */
            headers: {
                [key: string]: string;
            };
            /**
             * Authorization
             * @description Whether there was an `Authorization`.
             */
            authorization: boolean;
            /**
             * Address Length
             * @description Of path and query, in bytes.
             */
            address_length: number;
            /** Body Bytes */
            body_bytes: number;
        };
        /**
         * EndedBatch
         * @description A batch all of whose items have ended; one that was tried again ends again, and is told of again.
         */
        EndedBatch: {
            /** Batch Id */
            batch_id: string;
            /**
             * Job Id
             * @default null
             */
            job_id: null;
            /**
             * Status
             * @description `done` whatever its items ended as; `cancelled` where its rest was.
             * @enum {string}
             */
            status: "done" | "cancelled";
            /** Name */
            name: string | null;
            /** Plugin */
            plugin: string;
            /** Total */
            total: number;
            /**
             * Counts
             * @description Its items by status.
             */
            counts: {
                [key: string]: number;
            };
            /** Created At */
            created_at: string;
            /** Finished At */
            finished_at: string;
            /**
             * Links
             * @description Whole addresses where the server knows its own.
             */
            links: {
                [key: string]: string;
            };
        };
        /**
         * EndedJob
         * @description A job as it ended.
         */
        EndedJob: {
            /** Job Id */
            job_id: string;
            /**
             * Batch Id
             * @default null
             */
            batch_id: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            /** Plugin */
            plugin: string;
            /** Tools */
            tools: string[];
            /** Attempt */
            attempt: number;
            /**
             * Retry Of
             * @description The job that this one tries again.
             */
            retry_of: string | null;
            /** Input Name */
            input_name: string | null;
            /** @description Where the status is `error`. */
            error: components["schemas"]["WebhookError"] | null;
            /** Created At */
            created_at: string;
            /** Finished At */
            finished_at: string;
            /**
             * Links
             * @description Whole addresses where the server knows its own.
             */
            links: {
                [key: string]: string;
            };
        };
        /**
         * ErrorDetails
         * @description The machine-readable part of an error; `error_code` is stable.
         */
        ErrorDetails: {
            /** Error Code */
            error_code: string;
            /** Message */
            message: string;
            /**
             * Fallback
             * @default null
             */
            fallback: boolean | null;
            /**
             * Frame Index
             * @default null
             */
            frame_index: number | null;
        };
        /**
         * ErrorPayload
         * @description Something that failed: a tool's, from the log, or this connection's own.
         */
        ErrorPayload: {
            /** Error */
            error: string;
            /**
             * Plugin
             * @default null
             */
            plugin: string | null;
            /** @default null */
            details: components["schemas"]["ErrorDetails"] | null;
            /**
             * Frame Id
             * @default null
             */
            frame_id: string | null;
        };
        /**
         * EventPage
         * @description A page of a job's log, each message as on the wire.
         */
        EventPage: {
            /** Messages */
            messages: components["schemas"]["RealtimeMessage"][];
            /** Cursor */
            cursor: string;
            /** Next After */
            next_after: string | null;
        };
        /**
         * ExtendedJobResponse
         * @description All of `JobResponse`, unchanged, and what Phase 10 adds.
         */
        ExtendedJobResponse: {
            /** Job Id */
            job_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            /** Device Requested */
            device_requested: string;
            /** Device Used */
            device_used: string;
            /** Fallback */
            fallback: boolean;
            /** Frames */
            frames: components["schemas"]["FrameData"][];
            /**
             * Progress
             * @default null
             */
            progress: number | null;
            /**
             * Plugin Timings
             * @description Milliseconds a plugin.
             * @default null
             */
            plugin_timings: {
                [key: string]: number;
            } | null;
            /**
             * Warnings
             * @default null
             */
            warnings: string[] | null;
            /**
             * Tool Timings
             * @description Milliseconds a `plugin.tool`.
             * @default null
             */
            tool_timings: {
                [key: string]: number;
            } | null;
            /**
             * Stage
             * @default null
             */
            stage: string | null;
            /**
             * Attempt
             * @default null
             */
            attempt: number | null;
            /**
             * Fallback Reason
             * @default null
             */
            fallback_reason: string | null;
            /** @default null */
            error: components["schemas"]["ErrorDetails"] | null;
            /**
             * Created At
             * @default null
             */
            created_at: string | null;
            /**
             * Started At
             * @default null
             */
            started_at: string | null;
            /**
             * Finished At
             * @default null
             */
            finished_at: string | null;
            /**
             * Cursor
             * @description Where in the log this answer is true: subscribe from it.
             * @default null
             */
            cursor: string | null;
            /**
             * Links
             * @default null
             */
            links: {
                [key: string]: string;
            } | null;
            /**
             * Playback
             * @description What `links.playback` answers: `input`, the input itself, which browsers play; `possible`, a WebM that is made once it is asked for; `making`, `ready` or `failed`, how that stands; `still`, nothing, for the input is one picture. Null until a worker has opened the input; there is a link where there is something.
             * @default null
             */
            playback: ("input" | "still" | "possible" | "making" | "ready" | "failed") | null;
            /**
             * Plugin
             * @default null
             */
            plugin: string | null;
            /**
             * Tools
             * @default null
             */
            tools: string[] | null;
            /**
             * Input Name
             * @default null
             */
            input_name: string | null;
            /**
             * Input Type
             * @default null
             */
            input_type: string | null;
            /**
             * Input Bytes
             * @default null
             */
            input_bytes: number | null;
            /**
             * Priority
             * @default null
             */
            priority: ("low" | "normal" | "high") | null;
            /**
             * Retry Of
             * @description The job that this one tries again.
             * @default null
             */
            retry_of: string | null;
            /**
             * Batch Id
             * @default null
             */
            batch_id: string | null;
        };
        /**
         * FieldProblem
         * @description One field that is wrong.
         */
        FieldProblem: {
            /** Field */
            field: string;
            /** Message */
            message: string;
        };
        /**
         * FrameData
         * @description What was found in one frame: `boxes`, `scores` and `labels` are of equal length, empty when nothing was.
         *
         *     `timestamp_ms` is the frame's time in the input. The optional lists, where a tool has them, are as long.
         */
        FrameData: {
            /** Frame Index */
            frame_index: number;
            /** Timestamp Ms */
            timestamp_ms: number;
            /** Boxes */
            boxes: components["schemas"]["Box"][];
            /** Scores */
            scores: number[];
            /** Labels */
            labels: string[];
            /**
             * Track Ids
             * @default null
             */
            track_ids: (number | null)[] | null;
            /**
             * Texts
             * @default null
             */
            texts: string[] | null;
            /**
             * Polygons
             * @default null
             */
            polygons: [
                number,
                number
            ][][] | null;
            /**
             * Tools
             * @default null
             */
            tools: string[] | null;
            /**
             * Data
             * @default null
             */
            data: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * FramePage
         * @description A page of a job's frames.
         */
        FramePage: {
            /** Frames */
            frames: components["schemas"]["FrameData"][];
            /** Next After */
            next_after: number | null;
        };
        /**
         * FramePayload
         * @description One processed frame; `timing_ms` is the tool's own time on it, without decoding.
         *
         *     `width` and `height` are the input's, in whose pixels boxes are; the picture at `image_url` may be smaller.
         */
        FramePayload: {
            /** Frame Id */
            frame_id: string;
            /** Frame Index */
            frame_index: number;
            /** Plugin */
            plugin: string;
            /** Tool */
            tool: string;
            data: components["schemas"]["FrameData"];
            /** Device Used */
            device_used: string;
            /** Timing Ms */
            timing_ms: number;
            /**
             * Image Url
             * @default null
             */
            image_url: string | null;
            /**
             * Width
             * @default null
             */
            width: number | null;
            /**
             * Height
             * @default null
             */
            height: number | null;
        };
        /**
         * GapPayload
         * @description What this connection was not sent, both ends included; it is in the log.
         */
        GapPayload: {
            /** From */
            from: string;
            /** To */
            to: string;
            /** Reason */
            reason: string;
            /** Dropped */
            dropped: {
                [key: string]: number;
            };
        };
        /**
         * HealthResponse
         * @description That the server answers, and how many plugins its fleet has.
         */
        HealthResponse: {
            /**
             * Status
             * @constant
             */
            status: "healthy";
            /** Plugins Loaded */
            plugins_loaded: number;
            /** Version */
            version: string;
        };
        /**
         * HelloPayload
         * @description The first message on every connection.
         */
        HelloPayload: {
            /** Session Id */
            session_id: string;
            /**
             * Transport
             * @enum {string}
             */
            transport: "websocket" | "sse" | "poll";
            /** Cursor */
            cursor: string;
            /** Heartbeat Seconds */
            heartbeat_seconds: number;
            /** Server Version */
            server_version: string;
        };
        /**
         * ItemError
         * @description Why an item is no job, or how its job failed.
         */
        ItemError: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
        };
        /**
         * JobList
         * @description A page of jobs, newest first.
         */
        JobList: {
            /** Jobs */
            jobs: components["schemas"]["JobSummary"][];
            /**
             * Count
             * @description How many are in this answer.
             */
            count: number;
            /**
             * Next After
             * @description Where the next page begins; null where none follows. A search for several things at once may end a page before it is full, or before anything is on it, and goes on from here.
             */
            next_after: string | null;
        };
        /**
         * JobOutcome
         * @description What became of one job of a list.
         */
        JobOutcome: {
            /** Job Id */
            job_id: string;
            /** Ok */
            ok: boolean;
            /**
             * Status
             * @description As it is now; null for one that is not there, or no longer.
             */
            status: ("queued" | "running" | "done" | "error" | "cancelled") | null;
            /**
             * New Job Id
             * @description The job that tries this one again.
             * @default null
             */
            new_job_id: string | null;
            /** @default null */
            error: components["schemas"]["OutcomeError"] | null;
        };
        /**
         * JobOutcomes
         * @description What became of each job of a list, in the list's order.
         */
        JobOutcomes: {
            /** Outcomes */
            outcomes: components["schemas"]["JobOutcome"][];
            /** Succeeded */
            succeeded: number;
            /** Failed */
            failed: number;
        };
        /**
         * JobResponse
         * @description A job. `frames` are those of its last attempt; while it is queued, `device_used` is what is expected.
         */
        JobResponse: {
            /** Job Id */
            job_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            /** Device Requested */
            device_requested: string;
            /** Device Used */
            device_used: string;
            /** Fallback */
            fallback: boolean;
            /** Frames */
            frames: components["schemas"]["FrameData"][];
        };
        /**
         * JobResultResponse
         * @description What a job found; `result` is null until it is done.
         */
        JobResultResponse: {
            /** Job Id */
            job_id: string;
            /** Device Requested */
            device_requested: string;
            /** Device Used */
            device_used: string;
            /** Fallback */
            fallback: boolean;
            /** Frames */
            frames: components["schemas"]["FrameData"][];
            result: components["schemas"]["JsonValue"];
        };
        /**
         * JobStatusPayload
         * @description Where a job stands. There is exactly one terminal one a job, and nothing follows it.
         */
        JobStatusPayload: {
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            /** Device Requested */
            device_requested: string;
            /** Device Used */
            device_used: string;
            /** Fallback */
            fallback: boolean;
            /**
             * Fallback Reason
             * @default null
             */
            fallback_reason: string | null;
            /** Progress */
            progress: number;
            /** @default null */
            error: components["schemas"]["ErrorDetails"] | null;
        };
        /**
         * JobSummary
         * @description A job in a list, without its frames.
         */
        JobSummary: {
            /** Job Id */
            job_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "done" | "error" | "cancelled";
            /** Plugin */
            plugin: string;
            /** Tools */
            tools: string[];
            /** Input Name */
            input_name: string | null;
            /** Input Type */
            input_type: string;
            /** Input Bytes */
            input_bytes: number;
            /** Device Requested */
            device_requested: string;
            /** Device Used */
            device_used: string;
            /** Fallback */
            fallback: boolean;
            /**
             * Priority
             * @enum {string}
             */
            priority: "low" | "normal" | "high";
            /** Batch Id */
            batch_id: string | null;
            /** Retry Of */
            retry_of: string | null;
            /** Progress */
            progress: number | null;
            /** Stage */
            stage: string | null;
            /** Attempt */
            attempt: number;
            /** Warnings Count */
            warnings_count: number;
            error: components["schemas"]["ErrorDetails"] | null;
            /** Created At */
            created_at: string;
            /** Started At */
            started_at: string | null;
            /** Finished At */
            finished_at: string | null;
        };
        /**
         * JobWebhook
         * @description The body that tells of a job's end.
         */
        JobWebhook: {
            /**
             * Type
             * @enum {string}
             */
            type: "job.done" | "job.error" | "job.cancelled";
            /**
             * Timestamp
             * @description When it ended.
             */
            timestamp: string;
            data: components["schemas"]["EndedJob"];
        };
        JsonValue: unknown;
        /**
         * Liveness
         * @description That the process answers.
         */
        Liveness: {
            /**
             * Status
             * @constant
             */
            status: "alive";
        };
        /**
         * MediaKind
         * @description What a tool can be given.
         * @enum {string}
         */
        MediaKind: "image" | "video";
        /**
         * MessageType
         * @description Every type of message; the comment says who speaks it.
         * @enum {string}
         */
        MessageType: "hello" | "job_status" | "progress" | "frame" | "partial_result" | "plugin_status" | "metadata" | "warning" | "error" | "batch_status" | "ping" | "pong" | "gap" | "reset" | "subscribe" | "unsubscribe";
        /**
         * MetadataPayload
         * @description What a plugin says of itself: `version`, `model`, `capabilities`, `input_types`, …
         */
        MetadataPayload: {
            /** Plugin */
            plugin: string;
            /** Metadata */
            metadata: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * OutcomeError
         * @description Why a job of a list was left as it is: what a call for it alone would have answered.
         */
        OutcomeError: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
        };
        /**
         * PartialResultPayload
         * @description A result that a tool shows before it has finished.
         */
        PartialResultPayload: {
            result: components["schemas"]["JsonValue"];
            /** Plugin */
            plugin: string;
            /**
             * Tool
             * @default null
             */
            tool: string | null;
            /**
             * Partial
             * @default true
             * @constant
             */
            partial: true;
        };
        /**
         * Payload
         * @description What every payload shares: frozen, and no field that the contract does not name.
         */
        Payload: Record<string, never>;
        /**
         * PingPayload
         * @description A heartbeat. From the server: `cursor` is safe to resume from, `tail` is this subscription's last seq.
         *
         *     From a client all fields may be left out.
         */
        PingPayload: {
            /**
             * Interval Seconds
             * @default null
             */
            interval_seconds: number | null;
            /**
             * Cursor
             * @default null
             */
            cursor: string | null;
            /**
             * Tail
             * @default null
             */
            tail: number | null;
        };
        /**
         * PluginHealth
         * @description How a plugin does: over its last thousand runs.
         */
        PluginHealth: {
            /** Name */
            name: string;
            /**
             * State
             * @enum {string}
             */
            state: "ready" | "failed";
            /** Reason */
            reason: string | null;
            /** P50 Ms */
            p50_ms: number | null;
            /** P95 Ms */
            p95_ms: number | null;
            /** Runs */
            runs: number;
            /** Errors */
            errors: number;
            /** Last Used */
            last_used: string | null;
        };
        /**
         * PluginList
         * @description The plugins of the whole fleet.
         */
        PluginList: {
            /** Plugins */
            plugins: components["schemas"]["PluginSummary"][];
            /** Count */
            count: number;
        };
        /**
         * PluginMetadata
         * @description A plugin's manifest.
         */
        PluginMetadata: {
            /** Name */
            name: string;
            /** Version */
            version: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** License */
            license: string;
            /**
             * Model
             * @default null
             */
            model: string | null;
            /**
             * Capabilities
             * @default []
             */
            capabilities: string[];
            /** Input Types */
            input_types: components["schemas"]["MediaKind"][];
            /** Devices */
            devices: string[];
            /** Tools */
            tools: components["schemas"]["ToolManifest"][];
            /**
             * Default Tool
             * @default null
             */
            default_tool: string | null;
        };
        /**
         * PluginStatusPayload
         * @description Where one tool of a job stands.
         */
        PluginStatusPayload: {
            /** Plugin */
            plugin: string;
            /**
             * Tool
             * @default null
             */
            tool: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "started" | "running" | "completed" | "failed";
            /**
             * Timing Ms
             * @default null
             */
            timing_ms: number | null;
            /**
             * Frames Processed
             * @default null
             */
            frames_processed: number | null;
            /**
             * Warnings Count
             * @default null
             */
            warnings_count: number | null;
        };
        /**
         * PluginSummary
         * @description A plugin of the fleet.
         */
        PluginSummary: {
            /** Name */
            name: string;
            /** Title */
            title: string | null;
            /** Version */
            version: string | null;
            /** Description */
            description: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "ready" | "failed";
            /** Reason */
            reason: string | null;
            /** Tools */
            tools: string[];
            /** Devices */
            devices: string[];
            /** Input Types */
            input_types: string[];
            /** Workers */
            workers: number;
        };
        /**
         * PollResponse
         * @description What a long poll brings; ask on from `cursor`.
         */
        PollResponse: {
            /** Cursor */
            cursor: string;
            /** Messages */
            messages: components["schemas"]["RealtimeMessage"][];
        };
        /**
         * PongPayload
         * @description The answer to a ping.
         */
        PongPayload: {
            /**
             * Timestamp
             * @default null
             */
            timestamp: string | null;
        };
        /**
         * PreviewList
         * @description The frames that have a preview picture.
         */
        PreviewList: {
            /**
             * Previews
             * @description Their indexes, lowest first.
             */
            previews: number[];
        };
        /**
         * Problem
         * @description RFC 9457: what went wrong, with a stable `code`.
         */
        Problem: {
            /** Type */
            type: string;
            /** Title */
            title: string;
            /** Status */
            status: number;
            /** Detail */
            detail: string;
            /** Code */
            code: string;
            /** Retryable */
            retryable: boolean;
            /**
             * Request Id
             * @default null
             */
            request_id: string | null;
            /**
             * Errors
             * @default null
             */
            errors: components["schemas"]["FieldProblem"][] | null;
        };
        /**
         * ProgressPayload
         * @description How far an attempt is, measured; `eta_seconds` only when it is known.
         */
        ProgressPayload: {
            /** Job Id */
            job_id: string;
            /** Progress */
            progress: number;
            /**
             * Stage
             * @default null
             */
            stage: string | null;
            /**
             * Plugin
             * @default null
             */
            plugin: string | null;
            /**
             * Tool
             * @default null
             */
            tool: string | null;
            /**
             * Frames Done
             * @default null
             */
            frames_done: number | null;
            /**
             * Frames Total
             * @default null
             */
            frames_total: number | null;
            /**
             * Eta Seconds
             * @default null
             */
            eta_seconds: number | null;
        };
        /**
         * PurgeResponse
         * @description A job that was deleted with all it had.
         */
        PurgeResponse: {
            /** Job Id */
            job_id: string;
            /**
             * Purged
             * @default true
             * @constant
             */
            purged: true;
        };
        /**
         * Readiness
         * @description Each part by name: `database`, `migrations`, `storage`, `relay`, `broker`, `fleet`.
         */
        Readiness: {
            /**
             * Status
             * @enum {string}
             */
            status: "ready" | "not ready";
            /** Parts */
            parts: {
                [key: string]: components["schemas"]["ReadinessPart"];
            };
        };
        /**
         * ReadinessPart
         * @description One part of a web process; some say more of themselves than this.
         */
        ReadinessPart: {
            /** Ok */
            ok: boolean;
            /**
             * Needed
             * @description Whether the process is not ready without it.
             */
            needed: boolean;
            /**
             * Message
             * @description How it is, for a person.
             */
            message: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * RealtimeMessage
         * @description One message as on the wire. `id` (a cursor), `job_id` and `attempt` are there on those from the log.
         *
         *     Raises `pydantic.ValidationError` when the payload does not fit its type.
         */
        RealtimeMessage: {
            type: components["schemas"]["MessageType"];
            payload: Record<string, never>;
            /** Timestamp */
            timestamp?: string;
            /**
             * Id
             * @default null
             */
            id: string | null;
            /**
             * Job Id
             * @default null
             */
            job_id: string | null;
            /**
             * Attempt
             * @default null
             */
            attempt: number | null;
        } & ({
            /** @constant */
            type?: "hello";
            payload?: components["schemas"]["HelloPayload"];
        } | {
            /** @constant */
            type?: "job_status";
            payload?: components["schemas"]["JobStatusPayload"];
        } | {
            /** @constant */
            type?: "progress";
            payload?: components["schemas"]["ProgressPayload"];
        } | {
            /** @constant */
            type?: "frame";
            payload?: components["schemas"]["FramePayload"];
        } | {
            /** @constant */
            type?: "partial_result";
            payload?: components["schemas"]["PartialResultPayload"];
        } | {
            /** @constant */
            type?: "plugin_status";
            payload?: components["schemas"]["PluginStatusPayload"];
        } | {
            /** @constant */
            type?: "metadata";
            payload?: components["schemas"]["MetadataPayload"];
        } | {
            /** @constant */
            type?: "warning";
            payload?: components["schemas"]["WarningPayload"];
        } | {
            /** @constant */
            type?: "error";
            payload?: components["schemas"]["ErrorPayload"];
        } | {
            /** @constant */
            type?: "batch_status";
            payload?: components["schemas"]["BatchStatusPayload"];
        } | {
            /** @constant */
            type?: "ping";
            payload?: components["schemas"]["PingPayload"];
        } | {
            /** @constant */
            type?: "pong";
            payload?: components["schemas"]["PongPayload"];
        } | {
            /** @constant */
            type?: "gap";
            payload?: components["schemas"]["GapPayload"];
        } | {
            /** @constant */
            type?: "reset";
            payload?: components["schemas"]["ResetPayload"];
        } | {
            /** @constant */
            type?: "subscribe";
            payload?: components["schemas"]["SubscribePayload"];
        } | {
            /** @constant */
            type?: "unsubscribe";
            payload?: components["schemas"]["UnsubscribePayload"];
        });
        /**
         * ResetPayload
         * @description The cursor can't be continued: read the snapshot, go on from `cursor`.
         */
        ResetPayload: {
            /** Reason */
            reason: string;
            /** Cursor */
            cursor: string;
        };
        /**
         * SubscribePayload
         * @description A client's wish to hear of one job too, from `since` on (default: from now). What `since` covers does not come.
         *
         *     Each job's messages come in order. This job's past comes first, with ids below those that came before; while it
         *     does, resume from the cursor of a `ping` and drop what repeats by its `id`, for the last id is no safe place.
         */
        SubscribePayload: {
            /** Job Id */
            job_id: string;
            /**
             * Since
             * @default null
             */
            since: string | null;
        };
        /**
         * TailResponse
         * @description How far the log is for a query: the seq of the last message that matches, in this life of the log.
         */
        TailResponse: {
            /** Tail */
            tail: number;
            /** Epoch */
            epoch: string;
        };
        /**
         * ToolManifest
         * @description A tool as the API shows it; `options_schema` is the JSON schema of its options.
         */
        ToolManifest: {
            /** Name */
            name: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** Input Types */
            input_types: components["schemas"]["MediaKind"][];
            /** Devices */
            devices: string[];
            /** Options Schema */
            options_schema: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * ToolRunResponse
         * @description The answer of one tool over one small image.
         */
        ToolRunResponse: {
            /** Tool Name */
            tool_name: string;
            /** Plugin Id */
            plugin_id: string;
            result: components["schemas"]["JsonValue"];
            /** Processing Time Ms */
            processing_time_ms: number;
        };
        /**
         * UnsubscribePayload
         * @description A client's wish to hear no more of one job.
         */
        UnsubscribePayload: {
            /** Job Id */
            job_id: string;
        };
        /**
         * UploadState
         * @description A file that arrives piece by piece; one job may take it once it is complete.
         */
        UploadState: {
            /**
             * Upload Id
             * @description What `POST /v1/jobs` takes as `upload_id`.
             */
            upload_id: string;
            /**
             * Name
             * @description The file's name, where `Upload-Metadata` has a `filename`.
             */
            name: string | null;
            /**
             * Length
             * @description Bytes that it will have.
             */
            length: number;
            /**
             * Offset
             * @description Bytes that are stored: where the next piece begins.
             */
            offset: number;
            /** Complete */
            complete: boolean;
            /**
             * Expires At
             * @description When it is deleted, unless a piece comes before that.
             */
            expires_at: string | null;
        };
        /**
         * WarningPayload
         * @description Something that a person should know; the job goes on. `tool` is missing where it is of the input or the job.
         */
        WarningPayload: {
            /** Plugin */
            plugin: string;
            /** Message */
            message: string;
            /**
             * Severity
             * @enum {string}
             */
            severity: "low" | "medium" | "high";
            /**
             * Code
             * @default null
             */
            code: string | null;
            /**
             * Frame Id
             * @default null
             */
            frame_id: string | null;
            /**
             * Tool
             * @default null
             */
            tool: string | null;
        };
        /**
         * WebhookDetails
         * @description The same with what is sent.
         */
        WebhookDetails: {
            /**
             * Webhook Id
             * @description Its receiver is sent this as `webhook-id`, the same with every try.
             */
            webhook_id: string;
            /** Job Id */
            job_id: string | null;
            /** Batch Id */
            batch_id: string | null;
            /** Url */
            url: string;
            type: components["schemas"]["WebhookType"];
            /**
             * Status
             * @description `dead`: tried for about three days, or its receiver answered 410. It can be replayed.
             * @enum {string}
             */
            status: "pending" | "delivered" | "dead";
            /**
             * Attempts
             * @description Tries, since it was made or last replayed.
             */
            attempts: number;
            /**
             * Response Status
             * @description What its receiver answered last.
             */
            response_status: number | null;
            /**
             * Error
             * @description Why the last try was none.
             */
            error: string | null;
            /** Created At */
            created_at: string;
            /** Last Attempt At */
            last_attempt_at: string | null;
            /**
             * Next Attempt At
             * @description Of one that is being sent: when it is sent again if that is lost.
             */
            next_attempt_at: string | null;
            /**
             * Ended At
             * @description When it was delivered, or given up.
             */
            ended_at: string | null;
            body: components["schemas"]["JsonValue"];
        };
        /**
         * WebhookError
         * @description Why a job failed; the code is stable.
         */
        WebhookError: {
            /** Code */
            code: string;
            /** Message */
            message: string;
        };
        /**
         * WebhookList
         * @description A page of webhooks, newest first.
         */
        WebhookList: {
            /** Webhooks */
            webhooks: components["schemas"]["WebhookState"][];
            /**
             * Count
             * @description How many are in this answer.
             */
            count: number;
            /**
             * Next After
             * @description Where the next page begins; null where none follows.
             */
            next_after: string | null;
        };
        /**
         * WebhookState
         * @description A webhook, and how far it has come.
         */
        WebhookState: {
            /**
             * Webhook Id
             * @description Its receiver is sent this as `webhook-id`, the same with every try.
             */
            webhook_id: string;
            /** Job Id */
            job_id: string | null;
            /** Batch Id */
            batch_id: string | null;
            /** Url */
            url: string;
            type: components["schemas"]["WebhookType"];
            /**
             * Status
             * @description `dead`: tried for about three days, or its receiver answered 410. It can be replayed.
             * @enum {string}
             */
            status: "pending" | "delivered" | "dead";
            /**
             * Attempts
             * @description Tries, since it was made or last replayed.
             */
            attempts: number;
            /**
             * Response Status
             * @description What its receiver answered last.
             */
            response_status: number | null;
            /**
             * Error
             * @description Why the last try was none.
             */
            error: string | null;
            /** Created At */
            created_at: string;
            /** Last Attempt At */
            last_attempt_at: string | null;
            /**
             * Next Attempt At
             * @description Of one that is being sent: when it is sent again if that is lost.
             */
            next_attempt_at: string | null;
            /**
             * Ended At
             * @description When it was delivered, or given up.
             */
            ended_at: string | null;
        };
        /**
         * WebhookType
         * @description What a receiver is told of.
         * @enum {string}
         */
        WebhookType: "job.done" | "job.error" | "job.cancelled" | "batch.ended";
        /**
         * WebhooksReplayed
         * @description How many dead webhooks are sent again.
         */
        WebhooksReplayed: {
            /** Replayed */
            replayed: number;
            /**
             * More
             * @description Whether there are more: call again.
             */
            more: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Names this request in the log. */
        RequestId: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    front: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: "queued" | "running" | "done" | "error" | "cancelled";
                /** @description Only of this plugin. */
                plugin?: string;
                /** @description Only of this batch. */
                batch_id?: string;
                /** @description Words of the input's name, or the beginning of an id. Each word that is given begins a word of the name: `harb 3` finds `Harbour-0312.mp4`, `arbour` does not. Words are runs of letters and digits in any case; of a word the first 16 characters count, of a name the first 8 words. */
                q?: string;
                /** @description Made at this time or later. */
                created_after?: string;
                /** @description Made before this time. */
                created_before?: string;
                /** @description Newest or oldest first. */
                sort?: "-created_at" | "created_at";
                /** @description How many at most. */
                limit?: number;
                /** @description The `next_after` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description An image or a video; what it is, its content decides.
                     */
                    file: string;
                    /** @description A plugin of the fleet: GET /v1/plugins. */
                    plugin: string;
                    /** @description One tool or several; may be left out where the plugin has one. */
                    tool?: string[];
                    /** @description A JSON object; per tool where there are several: {"tool": {…}}. */
                    options?: string;
                    /**
                     * @default cpu
                     * @enum {string}
                     */
                    device?: "cpu" | "gpu" | "auto";
                    /**
                     * @description false: rather fail than run on the CPU.
                     * @default true
                     */
                    fallback?: boolean;
                    /**
                     * @default normal
                     * @enum {string}
                     */
                    priority?: "low" | "normal" | "high";
                    /**
                     * Format: uri
                     * @description Who is told how it ended, at a host of TRANSOM_WEBHOOK_HOSTS. Of a batch one message tells, once every item has ended. See `webhooks` for what is sent.
                     */
                    webhook_url?: string;
                };
                "application/json": {
                    /** @description A file that was sent to /v1/uploads, every byte of it. One job may take it, and has it then as its own; where the job is refused, it can be taken by another. Retry a job to run over the same file again. */
                    upload_id?: string;
                    /** @description In place of upload_id: an http or https address, of a host of TRANSOM_INPUT_URL_HOSTS, that the file is fetched from before the answer. Where that fails there is no job: URL_NOT_ALLOWED, URL_FORBIDDEN_ADDRESS (a network that is not public), URL_UNREACHABLE, URL_TIMEOUT, URL_BAD_STATUS, URL_TOO_LARGE, URL_TOO_MANY_REDIRECTS, URL_INVALID. */
                    input_url?: string;
                    /** @description A plugin of the fleet: GET /v1/plugins. */
                    plugin: string;
                    /** @description One tool or several; may be left out where the plugin has one. */
                    tool?: string[];
                    /** @description The tool's, or by tool where there are several. */
                    options?: Record<string, never>;
                    /**
                     * @default cpu
                     * @enum {string}
                     */
                    device?: "cpu" | "gpu" | "auto";
                    /**
                     * @description false: rather fail than run on the CPU.
                     * @default true
                     */
                    fallback?: boolean;
                    /**
                     * @default normal
                     * @enum {string}
                     */
                    priority?: "low" | "normal" | "high";
                    /**
                     * Format: uri
                     * @description Who is told how it ended, at a host of TRANSOM_WEBHOOK_HOSTS. Of a batch one message tells, once every item has ended. See `webhooks` for what is sent.
                     */
                    webhook_url?: string;
                };
            };
        };
        responses: {
            /** @description The answer. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Where the job is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    job_ids: string[];
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOutcomes"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    purge_jobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    job_ids: string[];
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOutcomes"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_jobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    job_ids: string[];
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOutcomes"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobResponse"];
                };
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelResponse"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelState"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    purge_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PurgeResponse"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Where the job is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_result: {
        parameters: {
            query?: {
                /** @description true: as a file to keep, with a name. */
                download?: boolean;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobResultResponse"];
                };
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_extended: {
        parameters: {
            query?: {
                /** @description false leaves the frames out. */
                frames?: boolean;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExtendedJobResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_frames: {
        parameters: {
            query?: {
                /** @description The `next_after` of the page before. */
                after?: number;
                /** @description How many at most. */
                limit?: number;
                /** @description Overrides `Accept`. `ndjson` is everything, a line each; so is `json` with `download` and without a page. */
                format?: "json" | "ndjson";
                /** @description true: as a file to keep, with a name. */
                download?: boolean;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FramePage"];
                    "application/x-ndjson": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_events: {
        parameters: {
            query?: {
                /** @description A cursor; leave it out to begin at the start. */
                after?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Overrides `Accept`. `ndjson` is everything, a line each; so is `json` with `download` and without a page. */
                format?: "json" | "ndjson";
                /** @description true: as a file to keep, with a name. */
                download?: boolean;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "application/x-ndjson": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_input: {
        parameters: {
            query?: {
                /** @description true: as a file to keep, with a name. */
                download?: boolean;
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                    "video/*": unknown;
                };
            };
            /** @description The `Range` that was asked for. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Requested Range Not Satisfiable */
            416: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
                frame_index: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Requested Range Not Satisfiable */
            416: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_thumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": unknown;
                    "video/webm": unknown;
                };
            };
            /** @description The `Range` that was asked for. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Requested Range Not Satisfiable */
            416: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_job: {
        parameters: {
            query?: {
                /** @description json: the job with its frames and result; ndjson: a frame a line; csv: a detection a line; coco: COCO's images, annotations and categories; video: a WebM of the input with boxes, labels and tracks drawn into it, made once it is asked for, and not for whole batches. */
                format?: "json" | "ndjson" | "csv" | "coco" | "video";
            };
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "application/x-ndjson": unknown;
                    "text/csv": unknown;
                    "video/webm": unknown;
                };
            };
            /** @description The `Range` of a video that was asked for. */
            206: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `If-None-Match` names this answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Requested Range Not Satisfiable */
            416: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_previews: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewList"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of tus that the client speaks. */
                "Tus-Resumable"?: "1.0.0";
                /** @description How many bytes the file has. */
                "Upload-Length": number;
                /** @description Keys and values in Base64: `filename d2F2ZXMubXA0`. The type is decided by content. */
                "Upload-Metadata"?: string;
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description The answer. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Where the upload is. */
                    Location?: string;
                    /** @description When it is deleted, unless a piece comes before that. */
                    "Upload-Expires"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadState"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout */
            408: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    describe_uploads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description The versions of tus that this server speaks. */
                    "Tus-Version"?: string;
                    /** @description What of tus it has beside the core. */
                    "Tus-Extension"?: string;
                    /** @description The longest file that it takes, in bytes. */
                    "Tus-Max-Size"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of tus that the client speaks. */
                "Tus-Resumable"?: "1.0.0";
            };
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Bytes that it will have. */
                    "Upload-Length"?: string;
                    /** @description Bytes that are stored: where the next piece begins. */
                    "Upload-Offset"?: string;
                    /** @description When it is deleted, unless a piece comes before that. */
                    "Upload-Expires"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadState"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    override_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of tus that the client speaks. */
                "Tus-Resumable"?: "1.0.0";
                /** @description The method that is meant. */
                "X-HTTP-Method-Override": "PATCH" | "DELETE" | "HEAD";
                /** @description Where the piece begins. */
                "Upload-Offset"?: number;
            };
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description How far it is, for `HEAD`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Bytes that are stored: where the next piece begins. */
                    "Upload-Offset"?: string;
                    /** @description When it is deleted, unless a piece comes before that. */
                    "Upload-Expires"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Method Not Allowed */
            405: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout */
            408: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of tus that the client speaks. */
                "Tus-Resumable"?: "1.0.0";
            };
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    append_to_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of tus that the client speaks. */
                "Tus-Resumable"?: "1.0.0";
                /** @description Where the piece begins. */
                "Upload-Offset": number;
            };
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Bytes that are stored: where the next piece begins. */
                    "Upload-Offset"?: string;
                    /** @description When it is deleted, unless a piece comes before that. */
                    "Upload-Expires"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout */
            408: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gone */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Locked */
            423: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_batches: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
                /** @description The `next_after` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchList"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_batch: {
        parameters: {
            query?: {
                /** @description As the form's fields all, beside a manifest of lines, which has no room for them. */
                plugin?: string;
            };
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description Images and videos, as many as you like. */
                    file?: string[];
                    /**
                     * Format: binary
                     * @description JSON, NDJSON or CSV, by its type or its name.
                     */
                    manifest?: string;
                    /** @description A plugin of the fleet: GET /v1/plugins. */
                    plugin: string;
                    /** @description One tool or several; may be left out where the plugin has one. */
                    tool?: string[];
                    /** @description A JSON object; per tool where there are several: {"tool": {…}}. */
                    options?: string;
                    /**
                     * @default cpu
                     * @enum {string}
                     */
                    device?: "cpu" | "gpu" | "auto";
                    /**
                     * @description false: rather fail than run on the CPU.
                     * @default true
                     */
                    fallback?: boolean;
                    /**
                     * @default normal
                     * @enum {string}
                     */
                    priority?: "low" | "normal" | "high";
                    /**
                     * Format: uri
                     * @description Who is told how it ended, at a host of TRANSOM_WEBHOOK_HOSTS. Of a batch one message tells, once every item has ended. See `webhooks` for what is sent.
                     */
                    webhook_url?: string;
                    /** @description What to call the batch. */
                    name?: string;
                };
                "application/json": {
                    items: {
                        /** @description A file that was sent to /v1/uploads, every byte of it. One job may take it, and has it then as its own; where the job is refused, it can be taken by another. Retry a job to run over the same file again. */
                        upload_id?: string;
                        /** @description A file below one of TRANSOM_INPUT_ROOTS, or a pattern (`*`, `?`, `**`). */
                        path?: string;
                        /** @description An address, of a host of TRANSOM_INPUT_URL_HOSTS, to be fetched later. */
                        url?: string;
                        name?: string;
                    }[];
                    /** @description A plugin of the fleet: GET /v1/plugins. */
                    plugin: string;
                    /** @description One tool or several; may be left out where the plugin has one. */
                    tool?: string[];
                    /** @description The tool's, or by tool where there are several. */
                    options?: Record<string, never>;
                    /**
                     * @default cpu
                     * @enum {string}
                     */
                    device?: "cpu" | "gpu" | "auto";
                    /**
                     * @description false: rather fail than run on the CPU.
                     * @default true
                     */
                    fallback?: boolean;
                    /**
                     * @default normal
                     * @enum {string}
                     */
                    priority?: "low" | "normal" | "high";
                    /**
                     * Format: uri
                     * @description Who is told how it ended, at a host of TRANSOM_WEBHOOK_HOSTS. Of a batch one message tells, once every item has ended. See `webhooks` for what is sent.
                     */
                    webhook_url?: string;
                    /** @description What to call the batch. */
                    name?: string;
                };
                "application/x-ndjson": string;
                "text/csv": string;
            };
        };
        responses: {
            /** @description The answer. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Where the job is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchState"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchState"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchCancelled"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_items: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: "queued" | "running" | "done" | "error" | "cancelled";
                /** @description The `next_after` of the page before. */
                after?: number;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchItems"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_batch: {
        parameters: {
            query?: {
                /** @description json: the job with its frames and result; ndjson: a frame a line; csv: a detection a line; coco: COCO's images, annotations and categories; video: a WebM of the input with boxes, labels and tracks drawn into it, made once it is asked for, and not for whole batches. */
                format?: "json" | "ndjson" | "csv" | "coco" | "video";
            };
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchCancelled"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_batch: {
        parameters: {
            query?: {
                /** @description Which of its items. */
                status?: "error" | "cancelled";
            };
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Where the job is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchRetried"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    purge_batch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchPurged"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description Only these. */
                status?: "pending" | "delivered" | "dead";
                /** @description Only of this job. */
                job_id?: string;
                /** @description Only of this batch. */
                batch_id?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description The `next_after` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhooksReplayed"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDetails"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDetails"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_demo: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    /** @description Where the job is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    break_network: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The `session_id` of the connections; whoever knows it may do this to them. */
                    session_id: string;
                    /** @enum {string} */
                    break: "none" | "strip" | "hold" | "mute" | "cut";
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DemoNetwork"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analyze: {
        parameters: {
            query: {
                /** @description A plugin of the fleet. */
                plugin: string;
                /** @description May be left out where the plugin has one. */
                tool?: string;
                /** @description A JSON object. */
                options?: string;
                /** @description What to run on. */
                device?: "cpu" | "gpu";
                /** @description An address to fetch it from, of a host of TRANSOM_INPUT_URL_HOSTS. */
                image_url?: string;
            };
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyzeResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_plugins: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PluginList"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_plugin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plugin: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PluginSummary"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_manifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plugin: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PluginMetadata"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_plugin_health: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                plugin: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PluginHealth"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_tool: {
        parameters: {
            query?: {
                /** @description A JSON object. */
                options?: string;
                /** @description What to run on. */
                device?: "cpu" | "gpu";
            };
            header?: {
                /** @description The same key and body within a day get the same answer, and one job. */
                "Idempotency-Key"?: string;
            };
            path: {
                plugin: string;
                tool: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolRunResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Gateway Timeout */
            504: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_devices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceList"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    realtime_http: {
        parameters: {
            query?: {
                /** @description Jobs to hear of; repeatable. Nothing named: everything. */
                job_id?: string[];
                /** @description Batches to hear of; repeatable. */
                batch_id?: string[];
                /** @description Message types, comma-separated. */
                types?: string;
                /** @description A cursor, `start` or `now` (the default). `Last-Event-ID` wins over it. */
                since?: string;
                /** @description Overrides `Accept`. */
                transport?: "sse" | "poll";
                /** @description Names the session whose connections count together. */
                session_id?: string;
                /** @description Seconds between two pings. */
                heartbeat?: number;
                /** @description Seconds that a long poll waits. */
                wait?: number;
                /** @description Asks for a second message 600 ms after `hello`. */
                probe?: boolean;
                /** @description Bytes of comment after each write of an event stream, for what gathers bytes on the way. */
                pad?: number;
                /** @description What `Last-Event-ID` says, where a proxy strips headers that it does not know. */
                lastEventId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PollResponse"];
                    "text/event-stream": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    realtime_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Jobs to hear of; repeatable. Nothing named: everything. */
                    job_id?: string[];
                    /** @description Batches to hear of; repeatable. */
                    batch_id?: string[];
                    /** @description Message types, comma-separated. */
                    types?: string;
                    /** @description A cursor, `start` or `now` (the default). `Last-Event-ID` wins over it. */
                    since?: string;
                    /**
                     * @description Overrides `Accept`.
                     * @enum {string}
                     */
                    transport?: "sse" | "poll";
                    /** @description Names the session whose connections count together. */
                    session_id?: string;
                    /** @description Seconds between two pings. */
                    heartbeat?: number;
                    /**
                     * @description Seconds that a long poll waits.
                     * @default 0
                     */
                    wait?: number;
                    /** @description Asks for a second message 600 ms after `hello`. */
                    probe?: boolean;
                    /**
                     * @description Bytes of comment after each write of an event stream, for what gathers bytes on the way.
                     * @default 0
                     */
                    pad?: number;
                    /** @description What `Last-Event-ID` says, where a proxy strips headers that it does not know. */
                    lastEventId?: string;
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PollResponse"];
                    "text/event-stream": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    realtime_tail: {
        parameters: {
            query?: {
                /** @description Jobs to hear of; repeatable. Nothing named: everything. */
                job_id?: string[];
                /** @description Batches to hear of; repeatable. */
                batch_id?: string[];
                /** @description Message types, comma-separated. */
                types?: string;
                /** @description A cursor, `start` or `now` (the default). `Last-Event-ID` wins over it. */
                since?: string;
                /** @description Overrides `Accept`. */
                transport?: "sse" | "poll";
                /** @description Names the session whose connections count together. */
                session_id?: string;
                /** @description Seconds between two pings. */
                heartbeat?: number;
                /** @description Seconds that a long poll waits. */
                wait?: number;
                /** @description Asks for a second message 600 ms after `hello`. */
                probe?: boolean;
                /** @description Bytes of comment after each write of an event stream, for what gathers bytes on the way. */
                pad?: number;
                /** @description What `Last-Event-ID` says, where a proxy strips headers that it does not know. */
                lastEventId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TailResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    realtime_tail_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Jobs to hear of; repeatable. Nothing named: everything. */
                    job_id?: string[];
                    /** @description Batches to hear of; repeatable. */
                    batch_id?: string[];
                    /** @description Message types, comma-separated. */
                    types?: string;
                    /** @description A cursor, `start` or `now` (the default). `Last-Event-ID` wins over it. */
                    since?: string;
                    /**
                     * @description Overrides `Accept`.
                     * @enum {string}
                     */
                    transport?: "sse" | "poll";
                    /** @description Names the session whose connections count together. */
                    session_id?: string;
                    /** @description Seconds between two pings. */
                    heartbeat?: number;
                    /**
                     * @description Seconds that a long poll waits.
                     * @default 0
                     */
                    wait?: number;
                    /** @description Asks for a second message 600 ms after `hello`. */
                    probe?: boolean;
                    /**
                     * @description Bytes of comment after each write of an event stream, for what gathers bytes on the way.
                     * @default 0
                     */
                    pad?: number;
                    /** @description What `Last-Event-ID` says, where a proxy strips headers that it does not know. */
                    lastEventId?: string;
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TailResponse"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorEcho"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorEcho"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorEcho"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorEcho"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorEcho"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorEcho"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_stream_get: {
        parameters: {
            query?: {
                /** @description How long it lasts. */
                seconds?: number;
                /** @description Seconds between events. */
                every?: number;
                /** @description From so many seconds on nothing is sent, until the last event at the end. */
                silent_after?: number;
                /** @description Bytes of comment after each event. */
                pad?: number;
                /** @description true: without `X-Accel-Buffering: no`. */
                unmarked?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor_stream_post: {
        parameters: {
            query?: {
                /** @description How long it lasts. */
                seconds?: number;
                /** @description Seconds between events. */
                every?: number;
                /** @description From so many seconds on nothing is sent, until the last event at the end. */
                silent_after?: number;
                /** @description Bytes of comment after each event. */
                pad?: number;
                /** @description true: without `X-Accel-Buffering: no`. */
                unmarked?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthResponse"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A part that is needed fails. */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                    "application/openmetrics-text": unknown;
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    errors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    docs_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": unknown;
                    "text/css": unknown;
                    "image/png": unknown;
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    told_of_job_done: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the message: one that has come before can be left alone. */
                "webhook-id": string;
                /** @description When this try was made, in seconds since 1970: what is too old may be an attack. */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature; several with a blank between them while secrets change. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobWebhook"];
            };
        };
        responses: {
            /** @description No more of it is wanted: it is not tried again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It has arrived, and is not sent again. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is tried again, for about three days; `Retry-After` is heeded. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_of_job_error: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the message: one that has come before can be left alone. */
                "webhook-id": string;
                /** @description When this try was made, in seconds since 1970: what is too old may be an attack. */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature; several with a blank between them while secrets change. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobWebhook"];
            };
        };
        responses: {
            /** @description No more of it is wanted: it is not tried again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It has arrived, and is not sent again. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is tried again, for about three days; `Retry-After` is heeded. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_of_job_cancelled: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the message: one that has come before can be left alone. */
                "webhook-id": string;
                /** @description When this try was made, in seconds since 1970: what is too old may be an attack. */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature; several with a blank between them while secrets change. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobWebhook"];
            };
        };
        responses: {
            /** @description No more of it is wanted: it is not tried again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It has arrived, and is not sent again. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is tried again, for about three days; `Retry-After` is heeded. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    told_of_batch_ended: {
        parameters: {
            query?: never;
            header: {
                /** @description Names the message: one that has come before can be left alone. */
                "webhook-id": string;
                /** @description When this try was made, in seconds since 1970: what is too old may be an attack. */
                "webhook-timestamp": string;
                /** @description `v1,` and a signature; several with a blank between them while secrets change. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchWebhook"];
            };
        };
        responses: {
            /** @description No more of it is wanted: it is not tried again. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It has arrived, and is not sent again. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is tried again, for about three days; `Retry-After` is heeded. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
