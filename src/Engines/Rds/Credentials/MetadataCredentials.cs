using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.Rds.Credentials;

/// <summary>Credentials of the container or machine that this runs on.</summary>
/// <remarks>Sources: AWS SDKs and Tools Reference Guide, "Container credential provider" and "IMDS credential provider" (version 2 only, which answers nothing to a forged request).</remarks>
internal sealed class MetadataCredentials(IEnvironment environment)
{
    /// <summary>Where there is no such service nothing answers, so nobody may wait long for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly string[] KnownHosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

    public async Task<AwsCredentials?> FindAsync(CancellationToken cancel) => await FromContainerAsync(cancel) ?? await FromMachineAsync(cancel);

    private async Task<AwsCredentials?> FromContainerAsync(CancellationToken cancel)
    {
        var url = Set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is { } path ? "http://169.254.170.2" + path : Set("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (url is null)
            return null;
        // The token must not go in clear text to a host that somebody put into the variable.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var place) || !(place.Scheme == "https" || place.IsLoopback || KnownHosts.Contains(place.Host, StringComparer.Ordinal)))
            throw new LockkeeperException(RdsErrors.CredentialsUnusable, "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that credentials may not be asked of", "It must be https, or the container's own address.");
        var token = Set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { } file && File.Exists(file) ? (await File.ReadAllTextAsync(file, cancel)).Trim() : Set("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        var answer = await OutboundHttp.SendAsync(new HttpCall("GET", place) { Headers = token is null ? [] : [new("Authorization", token)] }, Limit * 5, cancel);
        return (answer.Status == 200 ? CredentialsJson.Read(answer.Body, "container") : null)
            ?? throw new LockkeeperException(RdsErrors.CredentialsUnusable, $"the container's service answered {answer.Status}, and no credentials", "Look whether the task or pod has a role.");
    }

    private async Task<AwsCredentials?> FromMachineAsync(CancellationToken cancel)
    {
        if (string.Equals(Set("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase) || !Uri.TryCreate(Set("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254", UriKind.Absolute, out var service))
            return null;
        try
        {
            var token = await OutboundHttp.SendAsync(new HttpCall("PUT", new Uri(service, "/latest/api/token")) { Headers = [new("X-aws-ec2-metadata-token-ttl-seconds", "300")] }, Limit, cancel);
            if (token.Status != 200)
                return null;
            KeyValuePair<string, string>[] signed = [new("X-aws-ec2-metadata-token", token.Body)];
            var roles = await OutboundHttp.SendAsync(new HttpCall("GET", new Uri(service, "/latest/meta-data/iam/security-credentials/")) { Headers = signed }, Limit, cancel);
            if (roles.Status != 200 || roles.Body.Split('\n')[0].Trim() is not { Length: > 0 } role)
                return null;
            var answer = await OutboundHttp.SendAsync(new HttpCall("GET", new Uri(service, "/latest/meta-data/iam/security-credentials/" + Uri.EscapeDataString(role))) { Headers = signed }, Limit, cancel);
            return answer.Status == 200 ? CredentialsJson.Read(answer.Body, $"machine, role {role}") : null;
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.NoHttpAnswer)
        {
            return null;
        }
    }

    private string? Set(string name) => environment.Get(name) is { Length: > 0 } value ? value : null;
}
