// Watches many databases on a few servers with 'lk observe serve' as it is run in production (every 15 s, with history and alerts), and prints the processor time, memory and disk that lk takes.
// bench/observe-targets [TARGETS] [SERVERS] [SECONDS]
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;

const double TicksPerSecond = 100;
var (targets, servers, seconds) = (Number(0, 200), Number(1, 2), Number(2, 60));
var clusters = new List<SandboxCluster>();
using var folder = new TestFolder();
Process? lk = null;
try
{
    for (var i = 0; i < servers; i++)
        clusters.Add(await TestCluster.StartAsync(new Dictionary<string, string> { ["max_connections"] = $"{(targets / servers) + 30}", ["shared_buffers"] = "32MB" }));
    var (declared, urls) = (new StringBuilder(), new StringBuilder());
    for (var i = 0; i < targets; i++)
    {
        var (server, name) = (clusters[i % servers], $"d{i}");
        await Psql.OutputAsync(server.Url(), $"CREATE DATABASE {name}");
        var url = server.Url()[..server.Url().LastIndexOf('/')] + "/" + name;
        await Psql.OutputAsync(url, "SELECT format('CREATE TABLE t%s (id serial PRIMARY KEY, note text)', n) FROM generate_series(1, 20) n \\gexec");
        declared.Append(CultureInfo.InvariantCulture, $"  {name}: {{ engine: postgres, migrations: m }}\n");
        urls.Append(CultureInfo.InvariantCulture, $"      {name}: \"{url}\"\n");
    }

    folder.Write("lockkeeper.yaml", $"project: bench\ndatabases:\n{declared}environments:\n  - name: bench\n    targets:\n{urls}");
    var program = Environment.GetEnvironmentVariable("LK_PROGRAM") ?? throw new InvalidOperationException("LK_PROGRAM names no program: run bench/observe-targets");
    lk = Process.Start(new ProcessStartInfo(program, ["observe", "serve", "--listen", "127.0.0.1:0"]) { WorkingDirectory = folder.Path, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
    lk.ErrorDataReceived += static (_, _) => { };
    lk.BeginErrorReadLine();
    lk.BeginOutputReadLine();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{targets} databases of 20 tables on {servers} servers, every 15 s with history and alerts, for {seconds} s after a minute to warm up"));
    await Task.Delay(TimeSpan.FromSeconds(60));
    var (cpu, disk, started) = (Cpu(lk), Disk(), Stopwatch.GetTimestamp());
    await Task.Delay(TimeSpan.FromSeconds(seconds));
    var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time {Cpu(lk) - cpu:0.0} s: {(Cpu(lk) - cpu) / elapsed:0.00} of a core"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory at most {Status("VmHWM")} MB, of it not shared with other programs now {Status("RssAnon")} MB"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"history {Disk() / 1e6:0.0} MB, {(Disk() - disk) / 1e3 / targets / elapsed * 60:0.0} KB a database and minute as read, before blocks of ten minutes are made of it"));
}
finally
{
    if (lk is { HasExited: false })
    {
        lk.Kill();
        await lk.WaitForExitAsync();
    }

    lk?.Dispose();
    foreach (var cluster in clusters)
        await cluster.DisposeAsync();
}

int Number(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;

long Disk() => new DirectoryInfo(Path.Combine(folder.Path, ".lockkeeper")).GetFiles("state.observe.db*").Sum(file => file.Length);

// The name in brackets may hold blanks; the times are the 12th and 13th fields after it.
static double Cpu(Process process) => File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[^1].Split(' ').Skip(11).Take(2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;

long Status(string name) => long.Parse(File.ReadLines($"/proc/{lk.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
