namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>The units of PostgreSQL's parameters: the service takes bare numbers in them, and people write 64MB.</summary>
/// <remarks>Source: pg_settings of PostgreSQL 15 and 17.</remarks>
internal static class ParameterUnits
{
    private static readonly (string Unit, double Factor, string Names)[] Bytes =
    [
        ("B", 1, "log_parameter_max_length log_parameter_max_length_on_error track_activity_query_size wal_decode_buffer_size wal_segment_size"),
        ("kB", 1024, "autovacuum_work_mem gin_pending_list_limit huge_page_size log_rotation_size log_temp_files logical_decoding_work_mem maintenance_work_mem max_stack_depth temp_file_limit vacuum_buffer_usage_limit wal_skip_threshold work_mem"),
        ("8kB", 8192, "backend_flush_after bgwriter_flush_after checkpoint_flush_after commit_timestamp_buffers effective_cache_size io_combine_limit min_parallel_index_scan_size min_parallel_table_scan_size multixact_member_buffers multixact_offset_buffers notify_buffers segment_size serializable_buffers shared_buffers subtransaction_buffers temp_buffers transaction_buffers wal_buffers wal_writer_flush_after"),
        ("MB", 1_048_576, "max_slot_wal_keep_size max_wal_size min_dynamic_shared_memory min_wal_size shared_memory_size wal_keep_size"),
    ];

    private static readonly (string Unit, double Factor, string Names)[] Milliseconds =
    [
        ("ms", 1, "autovacuum_vacuum_cost_delay bgwriter_delay client_connection_check_interval deadlock_timeout idle_in_transaction_session_timeout idle_session_timeout lock_timeout log_autovacuum_min_duration log_min_duration_sample log_min_duration_statement log_startup_progress_interval max_standby_archive_delay max_standby_streaming_delay recovery_min_apply_delay statement_timeout tcp_user_timeout transaction_timeout vacuum_cost_delay wal_receiver_timeout wal_retrieve_retry_interval wal_sender_timeout wal_writer_delay"),
        ("s", 1000, "archive_timeout authentication_timeout autovacuum_naptime checkpoint_timeout checkpoint_warning post_auth_delay pre_auth_delay tcp_keepalives_idle tcp_keepalives_interval wal_receiver_status_interval"),
        ("min", 60_000, "log_rotation_age old_snapshot_threshold wal_summary_keep_time"),
    ];

    // MySQL has K, M and G in its files; the service takes neither them nor PostgreSQL's.
    private static readonly (string Unit, double Factor)[] Written =
    [
        ("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("kB", 1024), ("KB", 1024), ("G", 1L << 30), ("M", 1L << 20), ("K", 1024), ("B", 1),
    ];

    private static readonly (string Unit, double Factor)[] Times = [("min", 60_000), ("ms", 1), ("us", 0.001), ("d", 86_400_000), ("h", 3_600_000), ("s", 1000)];

    /// <summary>A number with a unit as the service takes it, in the parameter's own; null when the text is none.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="number">The number.</param>
    /// <param name="unit">The unit as it is written.</param>
    /// <param name="isPostgreSql">Whether it is PostgreSQL's parameter; MySQL's sizes are in bytes and its times in seconds.</param>
    public static double? Convert(string name, double number, string unit, bool isPostgreSql)
    {
        if (Find(Bytes, name, isPostgreSql ? null : 1) is { } size && Factor(Written, unit) is { } bytes)
            return number * bytes / size;
        return Find(Milliseconds, name, isPostgreSql ? null : 1000) is { } time && Factor(Times, unit) is { } milliseconds ? number * milliseconds / time : null;
    }

    private static double? Find((string Unit, double Factor, string Names)[] table, string name, double? standard)
    {
        foreach (var (_, factor, names) in table)
        {
            if (standard is null && names.Split(' ').Contains(name, StringComparer.OrdinalIgnoreCase))
                return factor;
        }

        return standard;
    }

    private static double? Factor((string Unit, double Factor)[] table, string unit)
    {
        foreach (var (one, factor) in table)
        {
            if (one == unit)
                return factor;
        }

        return null;
    }
}
