using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Lockkeeper.Engines.PostgreSql.Sandbox;

namespace Lockkeeper.Tests.TestKit.Rds;

/// <summary>What goes wrong with a call.</summary>
/// <param name="Action">The action, or <c>*</c>.</param>
/// <param name="Status">The HTTP status; 0 for a connection that is cut, -1 for one that is held without an answer until <see cref="RdsEmulator.Release"/>.</param>
/// <param name="Code">The service's code.</param>
/// <param name="AfterEffect">Whether the call takes effect before.</param>
public sealed record EmulatorFault(string Action, int Status, string Code, bool AfterEffect = false);

/// <summary>
/// The service of RDS with what moto lacks: states that take time, values that wait for the maintenance window, parameters that are being applied or wait for a restart, pages, throttling and faults.
/// Every instance answers at the same real server.
/// </summary>
public sealed class RdsEmulator : IAsyncDisposable
{
    private const int PageSize = 50;

    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, EmulatedInstance> instances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EmulatedGroup> groups = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<EmulatorFault> faults = new();
    private readonly ConcurrentQueue<string> calls = new();
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> forms = new();
    private readonly SemaphoreSlim held = new(0);
    private readonly SemaphoreSlim released = new(0);
    private readonly Lock gate = new();
    private readonly EmulatorTimes times;
    private readonly (string Host, int Port) server;

    private RdsEmulator(int port, EmulatorTimes times, (string Host, int Port) server)
    {
        (this.times, this.server) = (times, server);
        Url = $"http://127.0.0.1:{port}/";
        Backups = new EmulatedBackups(instances, times);
        listener.Prefixes.Add(Url);
    }

    public string Url { get; }

    private EmulatedBackups Backups { get; }

    /// <summary>The parameters of the calls that came through, in order.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Forms => [.. forms];

    /// <summary>The names of the instances.</summary>
    public IReadOnlyList<string> Names => [.. instances.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes an instance by hand, with values and tags.</summary>
    public void Make(string id, IReadOnlyDictionary<string, string>? values = null, IReadOnlyDictionary<string, string>? tags = null)
    {
        var made = new EmulatedInstance(id, times) { Status = "available" };
        foreach (var (name, value) in new Dictionary<string, string> { ["EngineVersion"] = "16.4", ["Engine"] = "postgres", ["DBParameterGroupName"] = "default.postgres16", ["DBInstanceClass"] = "db.r6g.large" }.Concat(values ?? new Dictionary<string, string>()))
            made.Values[name] = value;
        foreach (var (key, value) in tags ?? new Dictionary<string, string>())
            made.Tags[key] = value;
        instances[id] = made;
    }

    /// <summary>Makes a snapshot by hand.</summary>
    public void MakeSnapshot(string label, string instance, DateTime at)
    {
        lock (gate)
            Backups.Add(label, instance, at);
    }

    /// <summary>Lets restored instances answer elsewhere.</summary>
    public void CopiesAnswerAt(string host, int port) => Backups.CopiesAt = (host, port);

    /// <summary>The actions that were called, in order, faults included.</summary>
    public IReadOnlyList<string> Calls => [.. calls];

    /// <summary>How far the service's clock is off.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Called under the lock of each call, before it is answered.</summary>
    public Action<string>? Before { get; set; }

    public static RdsEmulator Start(SandboxCluster? behind = null, EmulatorTimes? times = null)
    {
        for (var tries = 1; ; tries++)
        {
            var emulator = new RdsEmulator(FreePort.Find(), times ?? new EmulatorTimes(), ("127.0.0.1", behind?.Port ?? 1));
            try
            {
                emulator.listener.Start();
                _ = emulator.ServeAsync();
                return emulator;
            }
            // Another program may have taken the port first.
            catch (HttpListenerException) when (tries < 5)
            {
                emulator.listener.Close();
            }
        }
    }

    /// <summary>Lets the next calls go wrong, one after the other.</summary>
    public void Fail(params IEnumerable<EmulatorFault> next)
    {
        foreach (var fault in next)
            faults.Enqueue(fault);
    }

    /// <summary>Waits until a call is held without an answer.</summary>
    public async Task HeldAsync()
    {
        if (!await held.WaitAsync(TimeSpan.FromMinutes(1)))
            throw new TimeoutException($"no call was held; there were {string.Join(' ', calls)}");
    }

    /// <summary>Lets the service go on after a call that was held; the call itself is cut.</summary>
    public void Release() => released.Release();

    /// <summary>The maintenance window of an instance is open: what waits is made.</summary>
    public void OpenWindow(string id)
    {
        lock (gate)
            instances[id].ApplyPending();
    }

    /// <summary>What takes time has ended.</summary>
    public void Finish(string id)
    {
        lock (gate)
            instances[id].Finish();
    }

    /// <summary>Changes a property by hand.</summary>
    public void Set(string id, string name, string value)
    {
        lock (gate)
            instances[id].Values[name] = value;
    }

    /// <summary>Puts an instance into a state.</summary>
    public void SetStatus(string id, string status)
    {
        lock (gate)
            instances[id].Status = status;
    }

    /// <summary>The same for good, from within <see cref="Before"/>: an instance whose making has failed, or does not go on.</summary>
    public void Break(string id, string status = "incompatible-restore") => instances[id].Break(status);

    /// <summary>How many instances there are.</summary>
    public int Count => instances.Count;

    /// <summary>A property as it is.</summary>
    public string? Value(string id, string name)
    {
        lock (gate)
        {
            if (!instances.TryGetValue(id, out var one))
                return null;
            one.Advance();
            return one.Values.GetValueOrDefault(name);
        }
    }

    public string? Parameter(string group, string name) => groups.TryGetValue(group, out var one) ? one.Values.GetValueOrDefault(name) : null;

    public ValueTask DisposeAsync()
    {
        listener.Close();
        held.Dispose();
        released.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
            {
                // The caller was killed meanwhile.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var form = Form(await reader.ReadToEndAsync());
        var action = form["Action"];
        calls.Enqueue(action);
        if (Refusal(context.Request) is { } wrong)
        {
            await WriteAsync(context, 403, Error(wrong, "the request is not signed as it must be"));
            return;
        }

        EmulatorFault? fault = null;
        if (faults.TryPeek(out var next) && next.Action is "*" || next?.Action == action)
            faults.TryDequeue(out fault);
        if (fault is { AfterEffect: false })
        {
            await FailAsync(context, fault);
            return;
        }

        XElement? result;
        (int Status, string Code)? refusal = null;
        lock (gate)
        {
            Before?.Invoke(action);
            foreach (var instance in instances.Values)
                instance.Advance();
            foreach (var gone in instances.Values.Where(one => one.IsGone).ToList())
                instances.TryRemove(gone.Id, out _);
            forms.Enqueue(form);
            result = Do(action, form, out refusal);
        }

        if (fault is not null)
            await FailAsync(context, fault);
        else if (refusal is var (status, code))
            await WriteAsync(context, status, Error(code, $"{action} of {form.GetValueOrDefault("DBInstanceIdentifier")}"));
        else
            await WriteAsync(context, 200, new XElement(action + "Response", result is null ? null : new XElement(action + "Result", result.Elements()), new XElement("ResponseMetadata", new XElement("RequestId", "1234"))));
    }

    private XElement? Do(string action, Dictionary<string, string> form, out (int, string)? refusal)
    {
        refusal = null;
        var id = form.GetValueOrDefault("DBInstanceIdentifier") ?? "";
        var name = form.GetValueOrDefault("DBParameterGroupName") ?? "";
        switch (action)
        {
            case "DescribeDBInstances":
                if (id.Length == 0)
                    return Page(form, "DBInstances", instances.Values.OrderBy(one => one.Id, StringComparer.Ordinal).Select(one => one.Describe(server)));
                if (instances.TryGetValue(id, out var described))
                    return new XElement("r", new XElement("DBInstances", described.Describe(server)));
                refusal = (404, "DBInstanceNotFound");
                return null;
            case "DescribeDBClusters":
                refusal = (404, "DBClusterNotFoundFault");
                return null;
            case "CreateDBInstance":
                var made = new EmulatedInstance(id, times);
                if (instances.TryAdd(id, made))
                    made.Create(form);
                else
                    refusal = (400, "DBInstanceAlreadyExists");
                return null;
            case "ModifyDBInstance":
                if (!instances.TryGetValue(id, out var changed))
                    refusal = (404, "DBInstanceNotFound");
                else if (changed.Status != "available")
                    refusal = (400, "InvalidDBInstanceState");
                else
                    changed.Modify(form);
                return null;
            case "AddTagsToResource":
                foreach (var (key, value) in EmulatedInstance.Tagged(form))
                    instances.Values.Single(one => one.Arn == form["ResourceName"]).Tags[key] = value;
                return null;
            case "ListTagsForResource":
                return new XElement("r", new XElement("TagList", groups.Values.Single(one => one.Arn == form["ResourceName"]).Tags.Select(tag => new XElement("Tag", new XElement("Key", tag.Key), new XElement("Value", tag.Value)))));
            case "CreateDBParameterGroup":
                var group = new EmulatedGroup(name, form["DBParameterGroupFamily"]);
                foreach (var (key, value) in EmulatedInstance.Tagged(form))
                    group.Tags[key] = value;
                if (!groups.TryAdd(name, group))
                    refusal = (400, "DBParameterGroupAlreadyExists");
                return null;
            case "DescribeDBParameterGroups":
                if (groups.TryGetValue(name, out var found))
                    return new XElement("r", new XElement("DBParameterGroups", new XElement("DBParameterGroup", new XElement("DBParameterGroupName", name), new XElement("DBParameterGroupFamily", found.Family), new XElement("DBParameterGroupArn", found.Arn))));
                refusal = (404, "DBParameterGroupNotFound");
                return null;
            case "DescribeDBParameters":
                return Page(form, "Parameters", groups[name].Set);
            case "DescribeEngineDefaultParameters":
                return new XElement("r", new XElement("EngineDefaults", Page(form, "Parameters", EmulatedGroup.Defaults).Elements()));
            case "ModifyDBParameterGroup" or "ResetDBParameterGroup":
                if (groups[name].Change(form, action.StartsWith("Reset", StringComparison.Ordinal)) is { } needsRestart)
                    foreach (var user in instances.Values.Where(one => one.Values["DBParameterGroupName"] == name))
                        user.ApplyParameters(needsRestart);
                else
                    refusal = (400, "InvalidParameterValue");
                return null;
            default:
                return Backups.Do(action, form, out refusal);
        }
    }

    private static XElement Page(Dictionary<string, string> form, string list, IEnumerable<XElement> all)
    {
        var from = int.Parse(form.GetValueOrDefault("Marker") ?? "0", CultureInfo.InvariantCulture);
        var rest = all.Skip(from).ToList();
        return new XElement("r", new XElement(list, rest.Take(PageSize)), rest.Count > PageSize ? new XElement("Marker", from + PageSize) : null);
    }

    /// <summary>Why the service would not believe who calls; null when it would.</summary>
    private string? Refusal(HttpListenerRequest request)
    {
        if (request.Headers["Authorization"]?.StartsWith("AWS4-HMAC-SHA256 Credential=", StringComparison.Ordinal) != true)
            return "MissingAuthenticationToken";
        var said = DateTime.ParseExact(request.Headers["X-Amz-Date"]!, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        return (DateTime.UtcNow + Skew - said).Duration() > TimeSpan.FromMinutes(5) ? "SignatureDoesNotMatch" : null;
    }

    private async Task FailAsync(HttpListenerContext context, EmulatorFault fault)
    {
        if (fault.Status > 0)
        {
            await WriteAsync(context, fault.Status, Error(fault.Code, "as the test wants it"));
            return;
        }

        if (fault.Status < 0)
        {
            held.Release();
            await released.WaitAsync();
        }

        // More is promised than comes.
        context.Response.ContentLength64 = 1000;
        await context.Response.OutputStream.WriteAsync("<Descri"u8.ToArray());
        context.Response.Abort();
    }

    private static XElement Error(string code, string message) => new("ErrorResponse", new XElement("Error", new XElement("Type", "Sender"), new XElement("Code", code), new XElement("Message", message)), new XElement("RequestId", "1234"));

    private async Task WriteAsync(HttpListenerContext context, int status, XElement answer)
    {
        XNamespace space = "urn:rds";
        foreach (var element in answer.DescendantsAndSelf())
            element.Name = space + element.Name.LocalName;
        var bytes = Encoding.UTF8.GetBytes(answer.ToString());
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml";
        context.Response.Headers["Date"] = (DateTime.UtcNow + Skew).ToString("r", CultureInfo.InvariantCulture);
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }

    private static Dictionary<string, string> Form(string body) =>
        body.Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
}
