using System.Net;
using System.Net.Mail;
using System.Text;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.Notify;

/// <summary>Sends one message to one receiver, in the receiver's way.</summary>
/// <param name="workspace">Resolves secrets and runs commands.</param>
/// <param name="rules">Finds a rule by its name.</param>
internal sealed class Sender(Workspace workspace, Func<string, AlertRule?> rules)
{
    /// <summary>How long a receiver may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Sends; fails when the receiver did not take it.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="group">The message.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">It was not taken (LK6103), or a secret is missing.</exception>
    public async Task SendAsync(ReceiverConfig receiver, AlertGroup group, CancellationToken cancel)
    {
        if (receiver.Webhook is { } webhook)
            await PostAsync(receiver, webhook, WebhookMessage.Of(group, rules), cancel);
        else if (receiver.Slack is { } slack)
            await PostAsync(receiver, slack, PlainMessage.Slack(group), cancel);
        else if (receiver.Mail is { } mail)
            await MailAsync(receiver, mail, group, cancel);
        else
            await RunAsync(receiver, group, cancel);
    }

    private async Task PostAsync(ReceiverConfig receiver, string address, string json, CancellationToken cancel)
    {
        var text = await workspace.Secrets.ResolveAsync(address, cancel);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Refused(receiver, "its address does not begin with http:// or https://", null);
        var answer = await SendAsync(receiver, url, json, cancel);
        if (answer.Status is < 200 or > 299)
            throw Refused(receiver, $"it answers with status {answer.Status}: {answer.Body.Trim()[..Math.Min(answer.Body.Trim().Length, 200)]}", null);
    }

    private static async Task<HttpAnswer> SendAsync(ReceiverConfig receiver, Uri url, string json, CancellationToken cancel)
    {
        try
        {
            return await OutboundHttp.PostJsonAsync(url, json, token: null, Limit, cancel);
        }
        catch (LockkeeperException e)
        {
            throw Refused(receiver, e.Message, e);
        }
    }

    private async Task MailAsync(ReceiverConfig receiver, MailConfig mail, AlertGroup group, CancellationToken cancel)
    {
        try
        {
            using var message = new MailMessage { From = new MailAddress(mail.From), Subject = PlainMessage.Subject(group).ReplaceLineEndings(" "), SubjectEncoding = Encoding.UTF8, Body = PlainMessage.Body(group), BodyEncoding = Encoding.UTF8 };
            foreach (var to in mail.To)
                message.To.Add(new MailAddress(to));
            // Answering machines leave such a mail alone (RFC 3834).
            message.Headers.Add("Auto-Submitted", "auto-generated");
            using var client = new SmtpClient(mail.Server, mail.Port) { EnableSsl = mail.Tls, DeliveryMethod = SmtpDeliveryMethod.Network };
            if (mail.User is { } user)
                client.Credentials = new NetworkCredential(user, mail.Password is { } password ? await workspace.Secrets.ResolveAsync(password, cancel) : "");
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            late.CancelAfter(Limit);
            await client.SendMailAsync(message, late.Token);
        }
        catch (Exception e) when (e is SmtpException or FormatException or IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw Refused(receiver, e is OperationCanceledException ? $"{mail.Server} has not taken the mail within {Durations.Words(Limit)}" : e.Message + (e.InnerException is { } inner ? $" ({inner.Message})" : ""), e);
        }
    }

    private async Task RunAsync(ReceiverConfig receiver, AlertGroup group, CancellationToken cancel)
    {
        var result = await workspace.Processes.RunAsync(
            new ProcessSpec("/bin/sh", "-c", receiver.Command!) { Folder = workspace.ProjectFolder, Input = WebhookMessage.Of(group, rules), Timeout = Limit }, cancel);
        if (!result.Succeeded)
            throw Refused(receiver, result.TimedOut ? $"its command did not end within {Durations.Words(Limit)}" : $"its command ended with exit code {result.ExitCode}: {result.AllOutput}", null);
    }

    private static LockkeeperException Refused(ReceiverConfig receiver, string why, Exception? inner) =>
        new(AlertErrors.NotTaken, $"the receiver {receiver.Name} has not taken a message: {why}", "Try it with: lk observe alerts test " + receiver.Name, inner: inner);
}
