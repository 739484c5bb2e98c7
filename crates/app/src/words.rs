//! What things are called in both languages, for text output and reports. Reasons have their own table.

use crate::lang::Lang;
use shiming_domain::Outcome;
use shiming_domain::check::{Check, Group, Status, Subject};
use shiming_domain::evidence::Kind;
use shiming_domain::reason::Step;

/// A word in both languages: Simplified Chinese, English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) &'static str, pub(crate) &'static str);

impl Word {
    pub(crate) fn of(self, lang: Lang) -> &'static str {
        lang.pick(self.0, self.1)
    }
}

/// The outcome as a headline.
pub(crate) const fn outcome(outcome: Outcome) -> Word {
    match outcome {
        Outcome::Approve => Word("通过", "Approved"),
        Outcome::Resubmit => Word("请重做一步", "Please redo"),
        Outcome::Review => Word("需要人工核验", "A person must look"),
        Outcome::Reject => Word("建议拒绝", "Rejection proposed"),
    }
}

/// What the outcome means, one sentence.
pub(crate) const fn outcome_meaning(outcome: Outcome) -> Word {
    match outcome {
        Outcome::Approve => Word("所有必需的检查均已通过。", "Every required check holds."),
        Outcome::Resubmit => {
            Word("有一处需要申请人修正，然后即可继续。", "The applicant can fix this and go on.")
        }
        Outcome::Review => Word(
            "机器不能独自作出决定，需由工作人员查看。",
            "The machine should not decide this alone; a member of staff looks at it.",
        ),
        Outcome::Reject => Word(
            "机器建议拒绝；必须由工作人员确认后才生效。",
            "The machine proposes to reject; it takes a member of staff to confirm it.",
        ),
    }
}

/// A sign that needs no colour.
pub(crate) const fn outcome_sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approve => "✔",
        Outcome::Resubmit => "↻",
        Outcome::Review => "◔",
        Outcome::Reject => "✘",
    }
}

/// The status of a check.
pub(crate) const fn status(status: Status) -> Word {
    match status {
        Status::Pass => Word("通过", "pass"),
        Status::Warn => Word("注意", "warn"),
        Status::Fail => Word("不通过", "fail"),
        Status::NotApplicable => Word("未判断", "not judged"),
        Status::Error => Word("未能运行", "could not run"),
    }
}

/// A sign that needs no colour.
pub(crate) const fn status_sign(status: Status) -> &'static str {
    match status {
        Status::Pass => "✔",
        Status::Warn => "!",
        Status::Fail => "✘",
        Status::NotApplicable => "–",
        Status::Error => "?",
    }
}

/// What a picture shows.
pub(crate) const fn kind(kind: Kind) -> Word {
    match kind {
        Kind::ResidentPortraitSide => Word("居民身份证 人像面", "resident ID card, portrait side"),
        Kind::ResidentEmblemSide => Word("居民身份证 国徽面", "resident ID card, emblem side"),
        Kind::Temporary => Word("临时居民身份证", "temporary resident ID card"),
        Kind::FirstGeneration => {
            Word("第一代居民身份证（已停用）", "first-generation ID card (no longer valid)")
        }
        Kind::MrzDocument => Word("带机读区的证件", "document with a machine-readable zone"),
        Kind::FacePhoto => Word("人脸照片", "photo of a face"),
        Kind::Unknown => Word("未识别", "not recognised"),
    }
}

/// A step of the flow.
pub(crate) const fn step(step: Step) -> Word {
    match step {
        Step::Consent => Word("授权同意", "consents"),
        Step::Form => Word("姓名和号码", "name and number"),
        Step::PortraitSide => Word("人像面照片", "photo of the portrait side"),
        Step::EmblemSide => Word("国徽面照片", "photo of the emblem side"),
        Step::Selfie => Word("自拍", "selfie"),
        Step::Channel => Word("外部核验渠道", "outside channel"),
        Step::Evidence => Word("补充材料", "further papers"),
    }
}

/// What a check ran on.
pub(crate) const fn subject(subject: Subject) -> Word {
    match subject {
        Subject::PortraitSide => Word("人像面", "portrait side"),
        Subject::EmblemSide => Word("国徽面", "emblem side"),
        Subject::Selfie => Word("自拍", "selfie"),
        Subject::Form => Word("填写内容", "form"),
        Subject::Person => Word("本人", "person"),
        Subject::Account => Word("账户", "account"),
        Subject::Image => Word("图片", "picture"),
    }
}

/// A group of checks.
pub(crate) const fn group(group: Group) -> Word {
    match group {
        Group::Image => Word("图像质量", "Picture"),
        Group::Document => Word("证件", "Document"),
        Group::Authenticity => Word("真伪", "Authenticity"),
        Group::Data => Word("证件内容", "Printed data"),
        Group::Form => Word("填写内容", "Form"),
        Group::Face => Word("人脸", "Face"),
        Group::Liveness => Word("活体", "Liveness"),
        Group::Match => Word("人证比对", "Face match"),
        Group::Duplicate => Word("重复", "Duplicates"),
        Group::Source => Word("权威核验", "Sources"),
        Group::Account => Word("账户与年龄", "Account and age"),
    }
}

/// A check.
pub(crate) const fn check(check: Check) -> Word {
    match check {
        Check::FileReadable => Word("文件可读", "File can be read"),
        Check::ImageRepeat => Word("图片重复提交", "Picture refused before"),
        Check::ImageBlur => Word("清晰度", "Sharpness"),
        Check::ImageExposure => Word("曝光", "Exposure"),
        Check::ImageGlare => Word("反光", "Glare"),
        Check::ImageShadow => Word("阴影", "Shadow"),
        Check::CardScale => Word("证件大小", "Size of the card"),
        Check::CardCorners => Word("边角完整", "Whole card in view"),
        Check::CardAngle => Word("拍摄角度", "Angle"),
        Check::CardOcclusion => Word("遮挡", "Covered parts"),
        Check::CardPresent => Word("仅有一张证件", "Exactly one card"),
        Check::CardType => Word("证件类型", "Kind of document"),
        Check::CardSide => Word("证件面", "Side of the card"),
        Check::CardCondition => Word("证件状况", "Condition"),
        Check::Photocopy => Word("复印件", "Copy on paper"),
        Check::ScreenRecapture => Word("屏幕翻拍", "Photographed from a screen"),
        Check::DigitalImage => Word("截图或合成图", "Screenshot or rendering"),
        Check::LayoutMatch => Word("版式", "Layout"),
        Check::EditTraces => Word("编辑痕迹", "Marks of editing"),
        Check::PortraitIntegrity => Word("证件照完整性", "Portrait untouched"),
        Check::FieldsExtracted => Word("字段识别", "All fields read"),
        Check::IdNumberValid => Word("号码规则", "Printed number valid"),
        Check::NumberBirthSex => Word("号码与出生、性别一致", "Number fits birth date and sex"),
        Check::FieldsPlausible => Word("内容合理", "Plausible content"),
        Check::ValidityDates => Word("有效期规则", "Validity term"),
        Check::DocumentCurrent => Word("在有效期内", "Not expired"),
        Check::SidesAgree => Word("两面属于同一证件", "Sides belong together"),
        Check::FormName => Word("填写的姓名", "Typed name"),
        Check::FormNumber => Word("填写的号码", "Typed number"),
        Check::NameMatch => Word("姓名一致", "Names agree"),
        Check::NumberMatch => Word("号码一致", "Numbers agree"),
        Check::FaceCount => Word("仅有一张人脸", "Exactly one face"),
        Check::FaceFraming => Word("人脸位置和大小", "Framing"),
        Check::FacePose => Word("人脸角度", "Pose"),
        Check::FaceEyesOpen => Word("睁眼", "Eyes open"),
        Check::FaceUncovered => Word("面部无遮挡", "Face uncovered"),
        Check::LivenessPassive => Word("静默活体", "Passive liveness"),
        Check::LivenessChallenge => Word("动作活体", "Active liveness"),
        Check::SameFaceInCapture => Word("采集过程同一人", "Same face throughout"),
        Check::CaptureOrigin => Word("实时采集", "Live capture"),
        Check::CaptureIntegrity => Word("采集完整性", "Capture untouched"),
        Check::FaceMatchPortrait => Word("自拍与证件照比对", "Selfie against portrait"),
        Check::FaceMatchSource => Word("自拍与权威照片比对", "Selfie against source photo"),
        Check::PersonUnchanged => Word("同一人换证", "Same person as before"),
        Check::DuplicateIdNumber => Word("号码重复", "Number already used"),
        Check::DuplicateFace => Word("人脸重复", "Face already used"),
        Check::DuplicateImage => Word("图片重复", "Picture already used"),
        Check::PhoneOnePerson => Word("手机号归属", "One person per phone"),
        Check::SourceIdentity => Word("身份信息核验", "Identity confirmed"),
        Check::SourceDocument => Word("证件状态核验", "Document confirmed"),
        Check::ChannelCount => Word("核验渠道数量", "Enough channels"),
        Check::GateConsent => Word("授权同意", "Consents given"),
        Check::GateFresh => Word("会话有效", "Session in time"),
        Check::GateTries => Word("尝试次数", "Tries left"),
        Check::GateRegion => Word("支持的地区", "Supported region"),
        Check::AgePolicy => Word("年龄", "Age"),
        Check::Watchlist => Word("名单筛查", "Watch lists"),
        Check::Blocklist => Word("黑名单", "Block list"),
        Check::RiskPattern => Word("风险模式", "Risk patterns"),
    }
}

/// A printed field by its name in the JSON.
pub(crate) fn field(name: &str) -> Word {
    match name {
        "name" => Word("姓名", "name"),
        "sex" => Word("性别", "sex"),
        "ethnicity" => Word("民族", "ethnic group"),
        "birth_date" => Word("出生日期", "date of birth"),
        "address" => Word("住址", "address"),
        "number" => Word("号码", "ID number"),
        "issuer" => Word("签发机关", "issued by"),
        "valid_from" => Word("有效期自", "valid from"),
        "valid_until" => Word("有效期至", "valid until"),
        _ => Word("字段", "field"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let mut names: Vec<_> = Check::ALL.iter().map(|&c| check(c).1).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Check::ALL.len());
    }
}
