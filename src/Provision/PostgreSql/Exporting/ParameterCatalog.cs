using System.Globalization;
using Lockkeeper.Provision.PostgreSql.Comparing;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>
/// What is known of parameters where there is no server to ask: units, which are on or off, and which hold after a restart only. From pg_settings of PostgreSQL 15 and 18; a
/// managed service takes numbers in the parameter's own unit and refuses <c>4GB</c>.
/// </summary>
internal static class ParameterCatalog
{
    private const string Units =
        """
        8kB: backend_flush_after bgwriter_flush_after checkpoint_flush_after commit_timestamp_buffers effective_cache_size io_combine_limit io_max_combine_limit min_parallel_index_scan_size min_parallel_table_scan_size
        8kB: multixact_member_buffers multixact_offset_buffers notify_buffers serializable_buffers shared_buffers subtransaction_buffers temp_buffers transaction_buffers wal_buffers wal_writer_flush_after
        B: log_parameter_max_length log_parameter_max_length_on_error track_activity_query_size wal_decode_buffer_size
        MB: max_slot_wal_keep_size max_wal_size min_dynamic_shared_memory min_wal_size wal_keep_size
        kB: autovacuum_work_mem gin_pending_list_limit huge_page_size log_rotation_size log_temp_files logical_decoding_work_mem maintenance_work_mem max_stack_depth temp_file_limit vacuum_buffer_usage_limit wal_skip_threshold work_mem
        min: log_rotation_age old_snapshot_threshold wal_summary_keep_time
        ms: autovacuum_vacuum_cost_delay bgwriter_delay client_connection_check_interval deadlock_timeout idle_in_transaction_session_timeout idle_session_timeout lock_timeout log_autovacuum_min_duration log_min_duration_sample
        ms: log_min_duration_statement log_startup_progress_interval max_standby_archive_delay max_standby_streaming_delay recovery_min_apply_delay statement_timeout tcp_user_timeout transaction_timeout vacuum_cost_delay
        ms: wal_receiver_timeout wal_retrieve_retry_interval wal_sender_timeout wal_writer_delay
        s: archive_timeout authentication_timeout autovacuum_naptime checkpoint_timeout checkpoint_warning idle_replication_slot_timeout post_auth_delay pre_auth_delay tcp_keepalives_idle tcp_keepalives_interval wal_receiver_status_interval
        """;

    private const string Flags =
        """
        array_nulls autovacuum check_function_bodies default_transaction_deferrable default_transaction_read_only enable_async_append enable_bitmapscan enable_distinct_reordering enable_gathermerge enable_group_by_reordering
        enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash
        enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort enable_tidscan escape_string_warning geqo
        hot_standby hot_standby_feedback jit jit_expressions jit_tuple_deforming log_checkpoints log_connections log_disconnections log_duration log_executor_stats log_hostname log_lock_failures log_lock_waits log_parser_stats
        log_planner_stats log_recovery_conflict_waits log_replication_commands log_statement_stats parallel_leader_participation quote_all_identifiers row_security ssl standard_conforming_strings summarize_wal synchronize_seqscans
        sync_replication_slots track_activities track_commit_timestamp track_cost_delay_timing track_counts track_io_timing track_wal_io_timing transform_null_equals update_process_title vacuum_truncate wal_init_zero wal_log_hints
        wal_recycle
        """;

    private const string Restarts =
        """
        archive_mode autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age autovacuum_worker_slots cluster_name commit_timestamp_buffers dynamic_shared_memory_type hot_standby huge_page_size huge_pages
        io_max_combine_limit io_max_concurrency io_method jit_provider listen_addresses logging_collector max_active_replication_origins max_connections max_files_per_process max_locks_per_transaction
        max_logical_replication_workers max_notify_queue_pages max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_wal_senders max_worker_processes min_dynamic_shared_memory multixact_member_buffers
        multixact_offset_buffers notify_buffers old_snapshot_threshold port reserved_connections serializable_buffers shared_buffers shared_memory_type shared_preload_libraries subtransaction_buffers superuser_reserved_connections
        track_activity_query_size track_commit_timestamp transaction_buffers wal_buffers wal_decode_buffer_size wal_level wal_log_hints
        """;

    private static readonly Lazy<Dictionary<string, string>> UnitOf = new(() => Lines(Units)
        .SelectMany(line => Words(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]).Select(name => (name, unit: line[..line.IndexOf(':', StringComparison.Ordinal)])))
        .ToDictionary(one => one.name, one => one.unit, StringComparer.OrdinalIgnoreCase));

    private static readonly Lazy<HashSet<string>> FlagNames = new(() => new(Words(Flags), StringComparer.OrdinalIgnoreCase));

    private static readonly Lazy<HashSet<string>> RestartNames = new(() => new(Words(Restarts), StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a parameter is on or off.</summary>
    public static bool IsFlag(string name) => FlagNames.Value.Contains(name);

    /// <summary>Whether a parameter holds after a restart only.</summary>
    public static bool NeedsRestart(string name) => RestartNames.Value.Contains(name);

    /// <summary>A value as a number in the parameter's own unit, as on or off, or as it is.</summary>
    public static string Plain(string name, string value)
    {
        if (Known(name) is not { } parameter || ParameterValue.Read(parameter, value, out var canonical) is not null)
            return value;
        // Without an exponent: guc.c takes one, an API need not.
        return parameter.Type == "bool" ? canonical : double.Parse(canonical, CultureInfo.InvariantCulture).ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static LiveParameter? Known(string name)
    {
        if (FlagNames.Value.Contains(name))
            return Of(name, null, "bool");
        // Of those with a unit only the delays of vacuum take fractions.
        return UnitOf.Value.TryGetValue(name, out var unit) ? Of(name, unit, name.EndsWith("vacuum_cost_delay", StringComparison.OrdinalIgnoreCase) ? "real" : "integer") : null;
    }

    private static LiveParameter Of(string name, string? unit, string type) => new(name, "", unit, type, "", null, null, [], "", "", PendingRestart: false, null, IsSystem: false);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
