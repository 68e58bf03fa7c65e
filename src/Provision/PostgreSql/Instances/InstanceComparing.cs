using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Instances.Access;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>An instance held against its declaration, as far as its host tells: data directory, files, certificate, whether it runs.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="place">Where everything is.</param>
/// <param name="state">What is there.</param>
/// <param name="work">What can be done.</param>
internal sealed class InstanceComparing(ClusterConfig cluster, InstancePlace place, InstanceState state, InstanceWork work)
{
    private SourcePosition At => cluster.Instance!.At;

    private InstanceConfig Instance => cluster.Instance!.Value;

    /// <summary>The data directory.</summary>
    /// <param name="make">Makes it.</param>
    public IEnumerable<Difference> Data(Func<CancellationToken, Task> make)
    {
        if (!state.Exists)
        {
            yield return Of(Phase.Instance, $"instance {cluster.Name}", string.Create(CultureInfo.InvariantCulture, $"made in {place.Data}: PostgreSQL {place.Version}, port {place.Port}{(Instance.Checksums ? ", with checksums" : "")}"), Cost.None, Remedy.OnHost(
                async cancel =>
                {
                    if (!state.HasParent)
                        await work.MakeParentAsync(cancel);
                    await make(cancel);
                },
                $"initdb --encoding={Instance.Encoding} --locale={Instance.Locale} in {place.Data}"));
        }
        else if (state.Checksums is { } has && has != Instance.Checksums)
        {
            yield return new Difference
            {
                Phase = Phase.Instance,
                Object = $"instance {cluster.Name}",
                Change = $"checksums {Word(has)} → {Word(Instance.Checksums)}",
                At = At,
                Kept = "that is changed by pg_checksums while the server is stopped, and takes as long as reading all its data",
            };
        }

        static string Word(bool on) => on ? "on" : "off";
    }

    /// <summary>Files that say where things are.</summary>
    /// <param name="files">As they should be.</param>
    public IEnumerable<Difference> Fixed(IReadOnlyList<InstanceFile> files)
    {
        foreach (var file in files)
        {
            if (Differs(file) is not { } how)
                continue;
            yield return Of(Phase.Configuration, $"file {file.Path}", how, state.Runs ? Cost.Reload : Cost.None, Remedy.OnHost(cancel => work.WriteAsync(file, cancel), Shown(file)));
        }
    }

    /// <summary>The unit of systemd.</summary>
    public IEnumerable<Difference> Unit(InstanceFile? unit)
    {
        if (unit is not null && Differs(unit) is { } how)
            yield return Of(Phase.Configuration, $"file {unit.Path}", how, Cost.None, Remedy.OnHost(cancel => work.WriteUnitAsync(unit, cancel), Shown(unit)));
    }

    /// <summary>The file of parameters. While the server runs its parameters are compared one by one, and this is only what has no meaning, such as a comment.</summary>
    public IEnumerable<Difference> Parameters(ParameterFile parameters, bool parametersDiffer)
    {
        var file = new InstanceFile(place.ParameterFile, parameters.Text, "644");
        if (Differs(file) is { } how && !parametersDiffer)
            yield return Of(Phase.Configuration, $"file {file.Path}", how, state.Runs ? Cost.Reload : Cost.None, parameters.Remedy with { Shown = Shown(file) });
    }

    /// <summary>The access rules.</summary>
    public IEnumerable<Difference> Access(InstanceFile file, Func<CancellationToken, Task> write)
    {
        if (Differs(file) is { } how)
            yield return Of(Phase.Access, "access rules", how, state.Runs ? Cost.Reload : Cost.None, Remedy.OnHost(write, Shown(file)), cluster.Access is { Count: > 0 } rules ? rules[0].At : At);
    }

    /// <summary>The certificate, its key, and those of clients.</summary>
    public IEnumerable<Difference> Certificates(CertificatePair? declared, string? ca, IReadOnlyList<string> hosts, DateTimeOffset now, Func<CertificatePair?, CancellationToken, Task> write)
    {
        if (cluster.Tls is not { } tls)
            yield break;
        var there = state.Files.TryGetValue(place.CertificateFile, out var certificate) && state.Files.TryGetValue(place.KeyFile, out var key) ? new CertificatePair(certificate.Text, key.Text) : null;
        if (Reason(there, declared, hosts, now) is { } reason)
        {
            yield return Of(
                Phase.Certificates, "certificate", reason, state.Runs ? Cost.Reload : Cost.None,
                Remedy.OnHost(cancel => write(declared ?? ServerCertificate.Make(cluster.Name, hosts, now), cancel), $"write {place.CertificateFile} and {place.KeyFile}"), tls.At);
        }

        if (declared is not null && ServerCertificate.EndOf(declared.Certificate) is { } end && end - now < ServerCertificate.Soon)
            yield return new Difference { Phase = Phase.Certificates, Object = "certificate", Change = $"ends on {ServerCertificate.Day(end)}", At = tls.Value.Certificate!.At, Kept = "a new one must be put into the file that the declaration names" };
        if (ca is not null && Differs(new InstanceFile(place.CaFile, ca, "644")) is { } how)
            yield return Of(Phase.Certificates, "certificates of clients", how, state.Runs ? Cost.Reload : Cost.None, Remedy.OnHost(cancel => write(null, cancel), $"write {place.CaFile}"), tls.At);
    }

    /// <summary>Whether it runs, has read its files, and has been restarted for what needs that.</summary>
    /// <param name="loaded">When it read its files, in seconds since 1970; null when it does not run.</param>
    /// <param name="waiting">What waits for a restart, or will.</param>
    public IEnumerable<Difference> Service(double? loaded, IReadOnlyList<string> waiting)
    {
        if (!state.Runs)
        {
            yield return Of(Phase.Start, $"instance {cluster.Name}", state.Exists ? "stopped → started" : "started", Cost.None, Remedy.OnHost(work.StartAsync, place.HasSystemd ? $"systemctl enable --now {place.Unit}" : $"pg_ctl start -D {place.Data}"));
            yield break;
        }

        if (loaded is { } since && since < state.Newest)
            yield return Of(Phase.Parameters, $"instance {cluster.Name}", "reads its files again: they were written after it had read them", Cost.Reload, Remedy.OnHost(work.ReloadAsync, "pg_ctl reload"));
        if (waiting.Count == 0)
            yield break;
        var restart = Of(Phase.Restart, $"instance {cluster.Name}", $"restarted for {string.Join(", ", waiting)}", Cost.Restart, Remedy.OnHost(work.RestartAsync, place.HasSystemd ? $"systemctl restart {place.Unit}" : $"pg_ctl restart -D {place.Data}"));
        yield return Instance.MayRestart ? restart : restart with { Remedy = null, Kept = "a restart is not allowed: give --restart, or write instance: { restart: allowed }" };
    }

    private string? Reason(CertificatePair? there, CertificatePair? declared, IReadOnlyList<string> hosts, DateTimeOffset now)
    {
        if (there is null)
            return declared is null ? "made, signed by itself" : "written";
        if (declared is not null)
            return there == declared ? KeyMode() : "changed → as declared";
        if (ServerCertificate.Fault(there) is not null)
            return "does not fit its key → made anew";
        if (ServerCertificate.EndOf(there.Certificate) is not { } end || end - now < ServerCertificate.Soon)
            return "ends soon → made anew";
        return ServerCertificate.IsFor(there.Certificate, hosts) ? KeyMode() : $"made anew for {string.Join(", ", hosts)}";
    }

    private string? KeyMode() => state.Files[place.KeyFile].Entry.Mode == "600" ? null : $"mode {state.Files[place.KeyFile].Entry.Mode} → 600";

    /// <summary>How a file differs; null when it does not.</summary>
    private string? Differs(InstanceFile file)
    {
        if (!state.Exists || !state.Files.TryGetValue(file.Path, out var there))
            return "written";
        if (there.Text != file.Text)
            return "changed by hand or in the declaration → as declared";
        return there.Entry.Mode == file.Mode ? null : $"mode {there.Entry.Mode} → {file.Mode}";
    }

    private IReadOnlyList<string> Shown(InstanceFile file) => [$"write {file.Path}", .. TextDifference.Of(state.Exists && state.Files.TryGetValue(file.Path, out var there) ? there.Text : "", file.Text)];

    private Difference Of(Phase phase, string what, string change, Cost cost, Remedy remedy, SourcePosition? at = null) => new() { Phase = phase, Object = what, Change = change, Cost = cost, At = at ?? At, Remedy = remedy };
}
