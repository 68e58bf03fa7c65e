using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision.Rds;

/// <summary>How the service behaves: states that take time, values that wait, parameters, faults.</summary>
public sealed class EmulatorTests
{
    [Fact]
    public async Task values_wait_for_the_maintenance_window_and_are_said_to_be_scheduled()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("class: db.t4g.micro"));
        await project.MadeAsync("main");

        project.Declare("main", emulator.Instance("class: db.t4g.small"));
        var applied = await project.AppliedAsync("main");
        applied.Output.ShouldContain("the service makes the change in the maintenance window (mon:01:00-mon:02:00)");
        emulator.Service.Value("main", "DBInstanceClass").ShouldBe("db.t4g.micro");
        (await project.DifferencesAsync("main")).ShouldBe(["- instance main: class db.t4g.micro → db.t4g.small"]);

        emulator.Service.OpenWindow("main");
        await Eventually.TrueAsync(() => emulator.Service.Value("main", "DBInstanceClass") == "db.t4g.small", "the end of the window");
        (await project.DifferencesAsync("main")).ShouldBeEmpty();
    }

    [Fact]
    public async Task what_is_to_be_made_at_once_is_waited_for_and_what_was_scheduled_before_too()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("class: db.t4g.micro"));
        await project.MadeAsync("main");
        project.Declare("main", emulator.Instance("class: db.t4g.small"));
        await project.MadeAsync("main");

        project.Declare("main", emulator.Instance("class: db.t4g.small, apply: immediately, storage: 30GB"));
        (await project.DifferencesAsync("main")).ShouldBe(["instance main: class db.t4g.micro (scheduled) → db.t4g.small, storage 20 GB → 30 GB"]);
        await project.MadeAsync("main");
        (emulator.Service.Value("main", "DBInstanceClass"), emulator.Service.Value("main", "AllocatedStorage")).ShouldBe(("db.t4g.small", "30"));
        (await project.DifferencesAsync("main")).ShouldBeEmpty();
    }

    [Fact]
    public async Task what_was_changed_by_hand_is_drift_and_a_disk_that_has_grown_by_itself_is_not()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("max_storage: 100GB, apply: immediately"));
        await project.MadeAsync("main");
        emulator.Service.Set("main", "AllocatedStorage", "40");
        (await project.RunAsync("drift", "main")).ExitCode.ShouldBe(0);
        emulator.Service.Set("main", "MultiAZ", "true");
        emulator.Service.Set("main", "BackupRetentionPeriod", "0");
        var drift = await project.RunAsync("drift", "main");
        drift.ExitCode.ShouldBe(1, drift.ToString());
        drift.Output.ShouldContain("instance main: multi_az yes → no, backup_days 0 → 7");
        await project.MadeAsync("main");
        (await project.RunAsync("drift", "main")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_loss_is_named_and_needs_to_be_confirmed()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("apply: immediately"));
        await project.MadeAsync("main");
        project.Declare("main", emulator.Instance("apply: immediately").Replace("backup_days: 7", "backup_days: 0", StringComparison.Ordinal).Replace("version: \"16\"", "version: \"17.2\"", StringComparison.Ordinal));
        var refused = await project.RunAsync("apply", "main");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("all automated backups, and with them the way back to a point in time (main)");
        refused.Errors.ShouldContain("the way back to version 16.4: a new major version cannot be undone (main)");
        emulator.Service.Value("main", "BackupRetentionPeriod").ShouldBe("7");
        await project.MadeAsync("main");
        emulator.Service.Value("main", "EngineVersion").ShouldBe("17.2");
    }

    [Fact]
    public async Task parameters_go_into_a_group_of_ours_twenty_in_a_call_and_by_their_meaning()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        var many = string.Join(", ", Enumerable.Range(1, 45).Select(i => $"tuning.knob_{i}: {i}"));
        project.Declare("main", emulator.Instance("") + $"\nparameters: {{ work_mem: 64MB, autovacuum: on, autovacuum_vacuum_scale_factor: 0.10, shared_buffers: \"{{DBInstanceClassMemory / 32768}}\", shared_preload_libraries: \"pg_stat_statements, pgaudit\", {many} }}");
        await project.MadeAsync("main");
        emulator.Service.Calls.Count(call => call == "ModifyDBParameterGroup").ShouldBe(3);
        emulator.Service.Parameter("lockkeeper-main-postgres16", "work_mem").ShouldBe("65536");
        (await project.DifferencesAsync("main")).ShouldBeEmpty();

        // The same by its meaning, then another value of one that needs a restart, and one that is not declared any more.
        project.Declare("main", emulator.Instance("") + "\nparameters: { work_mem: 65536kB, autovacuum: 1, autovacuum_vacuum_scale_factor: 0.1, shared_buffers: \"{dbinstanceclassmemory/32768}\", shared_preload_libraries: \"pg_stat_statements,pgaudit\", max_connections: 200 }");
        var plan = await project.RunAsync("plan", "main");
        plan.Output.ShouldContain("max_connections not set → 200   [restart]");
        plan.Output.ShouldContain("tuning.knob_1 1 → not set");
        plan.Output.ShouldNotContain("work_mem");
        var applied = await project.AppliedAsync("main");
        applied.Output.ShouldContain("they wait for a restart of the instance, which Lockkeeper does not do by itself");
        emulator.Service.Parameter("lockkeeper-main-postgres16", "tuning.knob_1").ShouldBeNull();
        (await project.DifferencesAsync("main")).ShouldBe(["- instance main: parameters that are set do not hold yet"]);
    }

    [Theory]
    [InlineData("{ wurk_mem: 1MB }", "the family postgres16 has no parameter 'wurk_mem'", "Did you mean 'work_mem'?")]
    [InlineData("{ wal_level: logical }", "the service does not let wal_level be set", "Take it out.")]
    [InlineData("{ work_mem: 1kB }", "the value of work_mem is not one that the service takes: 1 is not from 64 to 2147483647", "formula")]
    [InlineData("{ log_statement: some }", "the value of log_statement is not one that the service takes: 'some' is none of none,ddl,mod,all", "formula")]
    public async Task a_wrong_parameter_is_refused_before_anything_is_made(string parameters, string message, string hint)
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("") + $"\nparameters: {parameters}");
        var refused = await project.RunAsync("apply", "main");
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Errors.ShouldContain("LK4124: " + message);
        refused.Errors.ShouldContain(hint);
        emulator.Service.Calls.ShouldNotContain(call => call.StartsWith("Create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task throttling_failures_and_cut_connections_are_tried_again_and_nothing_is_made_twice()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        emulator.Service.Fail(
            new EmulatorFault("*", 400, "Throttling"), new EmulatorFault("*", 503, "ServiceUnavailable"), new EmulatorFault("*", 0, ""), new EmulatorFault("CreateDBParameterGroup", 0, "", AfterEffect: true),
            new EmulatorFault("CreateDBInstance", 500, "InternalFailure", AfterEffect: true), new EmulatorFault("*", 400, "RequestLimitExceeded"));
        project.Declare("main", emulator.Instance("") + "\nparameters: { work_mem: 64MB }");
        await project.MadeAsync("main");
        emulator.Service.Calls.Count(call => call == "CreateDBInstance").ShouldBeGreaterThan(1, "it was sent again");
        emulator.Service.Count.ShouldBe(1);
        (await project.DifferencesAsync("main")).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_instance_that_there_is_no_room_for_is_said_and_the_next_run_makes_it()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        emulator.Service.Fail(new EmulatorFault("CreateDBInstance", 400, "InsufficientDBInstanceCapacity"));
        project.Declare("main", emulator.Instance(""));
        var failed = await project.RunAsync("apply", "main");
        failed.ExitCode.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldContain("LK4123: instance main: new: ");
        failed.Errors.ShouldContain("HINT: Try again later, or declare another class, zone or size");
        await project.MadeAsync("main");
    }

    [Fact]
    public async Task a_change_waits_while_the_service_makes_another_one()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("apply: immediately"));
        await project.MadeAsync("main");
        emulator.Service.Fail(new EmulatorFault("ModifyDBInstance", 400, "InvalidDBInstanceState"), new EmulatorFault("ModifyDBInstance", 400, "InvalidDBInstanceState"));
        project.Declare("main", emulator.Instance("apply: immediately, multi_az: true").Replace("multi_az: false,", "", StringComparison.Ordinal));
        await project.MadeAsync("main");
        emulator.Service.Value("main", "MultiAZ").ShouldBe("true");
    }

    [Fact]
    public async Task a_run_does_not_wait_for_ever_and_the_next_one_goes_on()
    {
        using var emulator = new Emulated(new EmulatorTimes { Creating = TimeSpan.FromDays(1) });
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance("patience: 1s"));
        var failed = await project.RunAsync("apply", "main");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("LK4122: main is still creating after 1 s");
        (await project.DifferencesAsync("main")).ShouldBe(["instance main: creating → available"]);
        emulator.Service.Finish("main");
        await project.MadeAsync("main");
        emulator.Service.Calls.Count(call => call == "CreateDBInstance").ShouldBe(1);
    }

    [Theory]
    [InlineData("storage-full")]
    [InlineData("stopped")]
    [InlineData("incompatible-parameters")]
    public async Task a_state_that_it_does_not_leave_by_itself_is_said(string status)
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance(""));
        await project.MadeAsync("main");
        emulator.Service.SetStatus("main", status);
        var drift = await project.RunAsync("drift", "main");
        drift.ExitCode.ShouldBe(1, drift.ToString());
        drift.Output.ShouldContain($"instance main: {status} → available");
        drift.Output.ShouldContain("it does not leave this state by itself: look at its events in the service");
    }

    [Fact]
    public async Task a_clock_that_is_wrong_is_corrected_by_the_services_own()
    {
        using var emulator = new Emulated();
        emulator.Service.Skew = TimeSpan.FromHours(3);
        await using var project = await emulator.ProjectAsync();
        project.Declare("main", emulator.Instance(""));
        await project.MadeAsync("main");
        emulator.Service.Count.ShouldBe(1);
    }

    [Fact]
    public async Task without_credentials_nothing_is_sent_and_where_they_were_looked_for_is_said()
    {
        using var emulator = new Emulated();
        await using var project = await emulator.ProjectAsync();
        project.Project.Variables["AWS_ACCESS_KEY_ID"] = null;
        project.Project.Variables["AWS_SECRET_ACCESS_KEY"] = null;
        project.Project.Variables["HOME"] = project.Project.Folder;
        project.Declare("main", emulator.Instance(""));
        var refused = await project.RunAsync("plan", "main");
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain("LK4100: there are no credentials for the service");
        emulator.Service.Calls.ShouldBeEmpty();
    }
}

/// <summary>An emulator and what declares an instance in it.</summary>
internal sealed class Emulated(EmulatorTimes? times = null, SandboxCluster? behind = null) : IDisposable
{
    public RdsEmulator Service { get; } = RdsEmulator.Start(behind, times);

    public Task<RdsProject> ProjectAsync() => RdsProject.CreateAsync();

    public string Instance(string settings) =>
        $$"""
        engine: rds-postgres
        managed: { region: eu-west-1, endpoint: "{{Service.Url}}", {{(settings.Contains("class:", StringComparison.Ordinal) ? "" : "class: db.t4g.micro, ")}}version: "16", {{(settings.Contains("storage: ", StringComparison.Ordinal) && !settings.Contains("max_storage: ", StringComparison.Ordinal) ? "" : "storage: 20GB, ")}}{{(settings.Contains("multi_az:", StringComparison.Ordinal) ? "" : "multi_az: false, ")}}backup_days: 7, user: master, password: "${env:MASTER_PASSWORD}"{{(settings.Length > 0 ? ", " + settings : "")}} }
        """;

    public void Dispose() => Service.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
