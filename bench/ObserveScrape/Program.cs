// Scrapes a cluster with many tables and statements with our exporter and with Debian's postgres_exporter with the same topics, in turns, and prints time, the server's processor time and memory.
// Build in Release (dotnet build -c Release bench/ObserveScrape), then run artifacts/bin/ObserveScrape/release/Lockkeeper.ObserveScrape [TABLES] [STATEMENTS] [RUNS].
using System.Diagnostics;
using System.Globalization;
using Lockkeeper.Bench.ObserveScrape;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;

if (args is ["ours"])
{
    await Ours.RunAsync();
    return;
}

var (tables, statements, runs) = (Number(0, 10_000), Number(1, 5_000), Number(2, 10));
await using var cluster = await TestCluster.StartAsync(new Dictionary<string, string> { ["autovacuum"] = "off", ["max_locks_per_transaction"] = "512", ["pg_stat_statements.max"] = "6000", ["checkpoint_timeout"] = "1h" });
await using var database = await TestDatabase.CreateAsync(cluster: cluster);
await database.ExecuteAsync("CREATE EXTENSION pg_stat_statements");
await Psql.OutputAsync(database.Url, $"""
    SET pg_stat_statements.track_utility = off;
    SELECT format('CREATE TABLE t%s (id bigint PRIMARY KEY, note text, made timestamptz)', n) FROM generate_series(1, {tables}) n \gexec
    SELECT format('INSERT INTO t%s SELECT g, %L FROM generate_series(1, 20) g', n, 'some text') FROM generate_series(1, {tables}) n \gexec
    ANALYZE;
    SELECT pg_stat_statements_reset();
    SELECT format('SELECT count(*) FROM t%s WHERE id > 3 AND note = %L', n, 'text of the statement ' || repeat('x', 100)) FROM generate_series(1, {Math.Min(tables, statements)}) n \gexec
    """);
var postmaster = int.Parse(File.ReadLines(Path.Combine(cluster.Folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
Console.WriteLine($"{tables} tables with an index each, {await database.ScalarAsync("SELECT count(*) FROM pg_stat_statements")} statements, PostgreSQL {cluster.MajorVersion}; {runs} scrapes in turns after one to warm up");

using var folder = new TestFolder();
folder.Write("lockkeeper.yaml", "project: bench\ndatabases: { shop: { engine: postgres, migrations: m } }\nenvironments: [ { name: bench, targets: { shop: \"${env:BENCH_URL}\" } } ]\n");
folder.Write("queries.yaml", PeerQueries.Text);
using var ours = Start(Environment.ProcessPath!, ["ours"], new() { ["BENCH_URL"] = database.Url }, folder.Path);
var port = FreePort();
using var theirs = Start(
    "prometheus-postgres-exporter", [$"--web.listen-address=127.0.0.1:{port}", $"--extend.query-path={folder["queries.yaml"]}", "--log.level=error"],
    new() { ["DATA_SOURCE_NAME"] = database.Url + "?sslmode=disable" }, folder.Path);
try
{
    using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
    await Eventually.TrueAsync(() => Answers(http, port).GetAwaiter().GetResult(), "an answer of the exporter");
    await OursAsync("go");
    await TheirsAsync();
    var (mine, peers) = (new List<Scrape>(), new List<Scrape>());
    for (var run = 1; run <= runs; run++)
    {
        mine.Add(await MeasureAsync(() => OursAsync(run == runs ? "details" : "go")));
        peers.Add(await MeasureAsync(TheirsAsync));
    }

    Console.WriteLine($"{"",-20}{"median",9}{"max",9}{"server CPU",12}{"page",9}{"own CPU",9}{"memory",9}");
    Print("lk", mine, ours);
    Print("postgres_exporter", peers, theirs);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lk / postgres_exporter: time {Median(mine, s => s.Milliseconds) / Median(peers, s => s.Milliseconds):0.00}, server CPU {mine.Average(s => s.ServerSeconds) / peers.Average(s => s.ServerSeconds):0.00}"));

    async Task<Scrape> MeasureAsync(Func<Task<(double, long)>> scrape)
    {
        var before = ServerCpu.Seconds(postmaster);
        var (milliseconds, bytes) = await scrape();
        return new Scrape(milliseconds, ServerCpu.Seconds(postmaster) - before, bytes);
    }

    async Task<(double, long)> OursAsync(string line)
    {
        await ours.StandardInput.WriteLineAsync(line);
        await ours.StandardInput.FlushAsync();
        var answer = (await ours.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("ours has ended")).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    async Task<(double, long)> TheirsAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var stream = await http.GetStreamAsync($"http://127.0.0.1:{port}/metrics");
        var (buffer, bytes) = (new byte[1 << 16], 0L);
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
            bytes += read;
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, bytes);
    }
}
finally
{
    ours.Kill();
    theirs.Kill();
}

int Number(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;

static void Print(string name, List<Scrape> scrapes, Process process)
{
    process.Refresh();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-20}{Median(scrapes, s => s.Milliseconds),6:0} ms{scrapes.Max(s => s.Milliseconds),6:0} ms{1000 * scrapes.Average(s => s.ServerSeconds),9:0} ms{scrapes[^1].Bytes / 1e6,6:0.0} MB{1000 * process.TotalProcessorTime.TotalSeconds / (scrapes.Count + 1),6:0} ms{Memory(process) / 1024,6} MB"));
}

static long Memory(Process process) => long.Parse(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

static double Median(List<Scrape> scrapes, Func<Scrape, double> of) => scrapes.Select(of).Order().ElementAt(scrapes.Count / 2);

static async Task<bool> Answers(HttpClient http, int port)
{
    try
    {
        return (await http.GetAsync($"http://127.0.0.1:{port}/")).IsSuccessStatusCode;
    }
    catch (HttpRequestException)
    {
        return false;
    }
}

static int FreePort()
{
    using var socket = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
    socket.Start();
    return ((System.Net.IPEndPoint)socket.LocalEndpoint).Port;
}

static Process Start(string program, string[] arguments, Dictionary<string, string> variables, string folder)
{
    var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder };
    foreach (var (name, value) in variables)
        start.Environment[name] = value;
    return Process.Start(start)!;
}
